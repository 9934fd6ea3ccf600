{#-
    The var `contact_limits` as a table. A limit that is misspelt would hold back nobody, so compilation stops at it.
-#}
{% macro contact_limits() %}
    {%- set fields = ['contacts', 'within_days', 'quiet_days', 'quiet_days_after_order'] -%}
    {%- set rows = [] -%}
    {%- for channel, limits in var('contact_limits').items() -%}
        {%- if not limits is mapping or limits.keys() | sort != fields | sort -%}
            {%- do refuse_contact_limits(channel, 'must have the fields ' ~ fields | join(', ') ~ ' and no other') -%}
        {%- endif -%}
        {%- for field in fields if limits[field] is not integer or limits[field] < 0 -%}
            {%- do refuse_contact_limits(channel, field ~ ' must be a whole number from 0 on') -%}
        {%- endfor -%}
        {%- do rows.append(dict(limits, channel=channel)) -%}
    {%- endfor -%}
    {{ literal_rows({
        'channel': 'text', 'contacts': 'integer', 'within_days': 'integer', 'quiet_days': 'integer',
        'quiet_days_after_order': 'integer',
    }, rows) }}
{% endmacro %}


{% macro refuse_contact_limits(channel, sentence) %}
    {%- if execute -%}
        {%- do exceptions.raise_compiler_error('The var contact_limits does not load: ' ~ channel ~ ' ' ~ sentence ~ '.') -%}
    {%- endif -%}
{% endmacro %}
