-- One row per segment: what its YAML says of it. A segment whose settings are incomplete stops the build.
with

settings as (
    {{ segment_settings() | trim }}
)

select * from settings
