-- One row per cluster of which enough is known to compare it: a name or an id number, and two facts more.
with

representatives as (

    select * from {{ ref('matching_representatives') }}

),

attribute_values as (

    select * from {{ ref('matching_values') }}

),

emails as (

    select * from {{ ref('matching_emails') }}

),

known as (

    select
        cluster_id,
        count(case when attribute <> 'city' then 1 end) as facts,
        {{ one_column_per_attribute() | trim }}
    from attribute_values
    group by cluster_id

),

described as (

    select
        representatives.identifier_id,
        known.*,
        emails.emails
    from known
    inner join representatives on known.cluster_id = representatives.cluster_id
    left join emails on known.cluster_id = emails.cluster_id

),

comparable as (

    select
        identifier_id,
        {{ compared_columns() }},
        emails,
        {{ as_of() }} as as_of
    from described
    where
        coalesce(first_name, last_name, national_id) is not null
        and facts + case when emails is null then 0 else 1 end >= 3

)

select * from comparable
