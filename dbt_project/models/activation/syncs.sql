-- One row per sync: the settings in its YAML. A sync whose settings are incomplete stops the build.
with

settings as (

    {{ sync_settings() | trim }}

)

select * from settings
