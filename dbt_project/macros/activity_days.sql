{#-
    The day of a moment: the calendar day in UTC when as_of is a midnight, else the 24 hours that begin at as_of's time
    of day. So the last N days before as_of are whole days, and what was counted by day can be cut there exactly.
-#}
{% macro activity_day(moment) -%}
    {%- set as_of_time = modules.datetime.datetime.fromisoformat(var('as_of') | string).time() -%}
    {%- set seconds = as_of_time.hour * 3600 + as_of_time.minute * 60 + as_of_time.second -%}
    {%- if seconds -%}
    cast({{ dbt.dateadd('second', -seconds, moment) }} as date)
    {%- else -%}
    cast({{ moment }} as date)
    {%- endif -%}
{%- endmacro %}


{#- The first of the last N days before as_of, as a date that compares with an activity_day. -#}
{% macro first_day_of_last(days) -%}
    cast({{ kindred.days_before_as_of(days) }} as date)
{%- endmacro %}


{#- How many days ago an activity_day was; 0 for the last one before as_of. -#}
{% macro days_ago(day) -%}
    ({{ dbt.datediff(day, 'cast(' ~ kindred.as_of() ~ ' as date)', 'day') }} - 1)
{%- endmacro %}


{#- What is left of an amount after so many days, as a decimal: a sum of floats would differ from run to run. -#}
{% macro decayed(amount, days, half_life) -%}
    cast({{ amount }} * power(0.5, {{ days }} * 1.0 / {{ half_life }}) as decimal(18, 6))
{%- endmacro %}


{#- How often one kind of interaction happened on the last N days, out of `customer_days`. -#}
{% macro count_in_days(interaction_type, days) -%}
    cast(coalesce(sum(interactions_count) filter (
        where interaction_type = '{{ interaction_type }}' and activity_day >= {{ kindred.first_day_of_last(days) }}
    ), 0) as {{ dbt.type_bigint() }})
{%- endmacro %}
