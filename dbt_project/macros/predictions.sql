{#- The day that begins at or after a moment: a part of a day counts as all of it. -#}
{% macro next_midnight(moment) -%}
    cast({{ dbt.dateadd('second', 86399, moment) }} as date)
{%- endmacro %}


{#- The inverse of sinh, for numbers above zero. -#}
{% macro arc_sinh(number) -%}
    ln({{ number }} + sqrt(({{ number }}) * ({{ number }}) + 1))
{%- endmacro %}


{#- ln(1 + exp(number)) without running over where the number is large. -#}
{% macro log_1_plus_exp(number) -%}
    greatest({{ number }}, 0) + ln(1 + exp(-abs({{ number }})))
{%- endmacro %}


{#- A feature of the churn model: a plain number with six decimals, so that two builds give the same bytes. -#}
{% macro feature(expression) -%}
    cast({{ expression }} as decimal(12, 6))
{%- endmacro %}


{#- The features of the churn model. A new one is a column of churn_examples and a name here. -#}
{% macro churn_feature_names() %}
    {{ return([
        'gap_percentile', 'silent_days', 'tenure_days', 'purchase_days', 'purchase_days_365d', 'mean_gap_days',
        'amount_365d', 'average_amount', 'discount_share', 'visit_days_90d', 'product_views_90d', 'cart_events_90d',
        'email_opens_90d', 'email_clicks_90d', 'tickets_90d',
    ]) }}
{% endmacro %}


{#- Their names as columns. -#}
{% macro churn_feature_columns() -%}
    {{ churn_feature_names() | join(',\n        ') }}
{%- endmacro %}


{#- One row a customer and feature, from one column each. -#}
{% macro unpivot_churn_features(relation) %}
    {%- for name in churn_feature_names() %}
    select
        customer_id,
        '{{ name }}' as feature,
        cast({{ name }} as decimal(12, 6)) as value
    from {{ relation }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}
