{#-
    The type of every amount: four decimals, because unit prices below a cent exist and a rounding per order would not
    add up to the cent.
-#}
{% macro money(expression) -%}
    cast({{ expression }} as decimal(18, 4))
{%- endmacro %}


{#- An amount in base currency; null when its currency has no rate. -#}
{% macro in_base_currency(amount, rate) -%}
    {{ kindred.money('round(' ~ amount ~ ' * ' ~ rate ~ ', 4)') }}
{%- endmacro %}


{#- An amount in base currency as people read it: `12.30 EUR`. -#}
{% macro money_text(amount) -%}
    cast(cast({{ amount }} as decimal(18, 2)) as {{ dbt.type_string() }}) || ' {{ var("base_currency") }}'
{%- endmacro %}
