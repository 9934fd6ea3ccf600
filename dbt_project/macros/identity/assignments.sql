{#- The last entry of each identifier in the log of assignments; on the first run nothing, in the same shape. -#}
{% macro previous_assignments() %}
    {%- set columns = {
        'identifier_id': 'integer', 'customer_id': 'text', 'run_number': 'integer', 'founded_by': 'integer',
        'mint_number': 'integer', 'minted_in_run': 'integer', 'founded_at': 'timestamp',
    } -%}
    {%- if is_incremental() -%}
    select
        {{ columns.keys() | join(',\n        ') }}
    from (
        select
            *,
            row_number() over (partition by identifier_id order by run_number desc) as entry
        from {{ this }}
    ) as entries
    where entry = 1
    {%- else -%}
    {{ empty_relation(columns) | trim }}
    {%- endif -%}
{% endmacro %}


{#- Which customer each cluster goes on being. A customer follows the cluster that holds most of its identifiers, so that
    on a split the larger part keeps the id; of the customers that follow one cluster the oldest stays. -#}
{% macro surviving_customers(clusters, previous) -%}
    select
        cluster_id,
        customer_id,
        founded_by,
        mint_number,
        minted_in_run,
        founded_at
    from (
        select
            followed.*,
            row_number() over (
                partition by cluster_id order by minted_in_run, founded_at nulls last, customer_id
            ) as seniority
        from (
            select
                overlapping.*,
                row_number() over (partition by customer_id order by identifiers desc, cluster_id) as preference
            from (
                select
                    clusters.cluster_id,
                    previous.customer_id,
                    previous.founded_by,
                    previous.mint_number,
                    previous.minted_in_run,
                    previous.founded_at,
                    count(*) as identifiers
                from {{ clusters }} as clusters
                inner join {{ previous }} as previous on clusters.identifier_id = previous.identifier_id
                where previous.customer_id is not null
                group by
                    clusters.cluster_id, previous.customer_id, previous.founded_by, previous.mint_number,
                    previous.minted_in_run, previous.founded_at
            ) as overlapping
        ) as followed
        where preference = 1
    ) as senior
    where seniority = 1
{%- endmacro %}


{#- Those who survive, and for each cluster that goes on being nobody a new customer, named after the identifier that
    was seen first in it. -#}
{% macro survivors_and_minted(clusters, identifiers, previous, survivors) -%}
    select * from {{ survivors }}
    union all
    select
        founders.cluster_id,
        {{ kindred.customer_key(
            'founders.identifier_type', 'founders.identifier_value', 'coalesce(used.mint_number + 1, 0)'
        ) }} as customer_id,
        founders.identifier_id as founded_by,
        coalesce(used.mint_number + 1, 0) as mint_number,
        numbers.run_number as minted_in_run,
        founders.first_seen_at as founded_at
    from (
        select
            clusters.cluster_id,
            identifiers.*,
            row_number() over (
                partition by clusters.cluster_id
                order by identifiers.first_seen_at nulls last, identifiers.identifier_id
            ) as place
        from {{ clusters }} as clusters
        inner join {{ identifiers }} as identifiers on clusters.identifier_id = identifiers.identifier_id
        left join {{ survivors }} as survivors on clusters.cluster_id = survivors.cluster_id
        where survivors.cluster_id is null
    ) as founders
    left join (
        select
            founded_by,
            max(mint_number) as mint_number
        from {{ previous }}
        where customer_id is not null
        group by founded_by
    ) as used on founders.identifier_id = used.founded_by
    cross join (select coalesce(max(run_number), 0) + 1 as run_number from {{ previous }}) as numbers
    where founders.place = 1
{%- endmacro %}
