{#-
    A CTE of sync and customer, with a row for each companion of theirs beside it: where a sync holds several customers for
    one person, what is said about one of them is said about all. The model has `sync_companions` among its CTEs.
-#}
{% macro with_companions(own, columns) -%}
    {%- set said = [''] -%}
    {%- for column in columns -%}{%- do said.append(own ~ '.' ~ column) -%}{%- endfor -%}
    select
        {{ own }}.sync,
        {{ own }}.customer_id{{ said | join(', ') }}
    from {{ own }}
    union all
    select
        {{ own }}.sync,
        sync_companions.companion_id as customer_id{{ said | join(', ') }}
    from {{ own }}
    inner join sync_companions
        on {{ own }}.sync = sync_companions.sync and {{ own }}.customer_id = sync_companions.customer_id
{%- endmacro %}


{#- Of several reasons for a sync to leave a person alone the gravest, for each customer who is that person to the sync. -#}
{% macro gravest_reason(own, gravity) -%}
    select
        sync,
        customer_id,
        reason
    from (
        select
            sync,
            customer_id,
            reason,
            row_number() over (partition by sync, customer_id order by {{ gravity }}, reason) as place
        from ({{ with_companions(own, ['reason']) }}) as everybody
    ) as ranked
    where place = 1
{%- endmacro %}
