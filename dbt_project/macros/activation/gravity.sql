{#- The order of the reasons for sending nothing, from the gravest. -#}
{% macro gravity(reason) -%}
    case {{ reason }}
        when 'erasure' then 1 when 'test' then 2 when 'internal' then 3 when 'complaint' then 4 when 'bounce' then 5
        else 6
    end
{%- endmacro %}
