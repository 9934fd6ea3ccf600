{#- What about the look of an identifier says that it names nobody; null if nothing does. -#}
{% macro shape_problem(type, value) -%}
    case
        when trim({{ value }}) = '' then 'empty'
        when replace({{ value }}, '0', '') = '' then 'nothing but zeros'
        when replace(replace({{ value }}, '0', ''), '-', '') = '' then 'nothing but zeros'
        when {{ type }} = 'email' and not {{ matches_whole(value, '[^@ ]+@[^@ ]+[.][^@ ]+') }}
            then 'not the shape of an email address'
        when length({{ value }}) > 7 and replace({{ value }}, substr({{ value }}, 1, 1), '') = ''
            then 'one character, again and again'
        when {{ type }} = 'phone' and {{ repeats_last_character(value, 7) }}
            then 'one digit, again and again'
    end
{%- endmacro %}


{% macro repeats_last_character(value, times) -%}
    length({{ value }}) > {{ times }}
    and replace(
        substr({{ value }}, length({{ value }}) - {{ times - 1 }}), substr({{ value }}, length({{ value }})), ''
    ) = ''
{%- endmacro %}
