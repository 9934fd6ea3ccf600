-- One row: the parameters in force of BG/NBD and Gamma-Gamma, or why there are none.
with

fits_in_force as (
    select * from {{ ref('fits_in_force') }}
    where subject in ('orders', 'spend')
),

prediction_parameters as (
    select * from {{ ref('prediction_parameters') }}
),

-- the empty line keeps the one row where nothing was ever fitted
statuses as (
    select
        max(case when subject = 'orders' then status end) as orders_status,
        max(case when subject = 'spend' then status end) as spend_status
    from fits_in_force
),

terms as (
    select
        prediction_parameters.term,
        prediction_parameters.value
    from fits_in_force
    inner join prediction_parameters on fits_in_force.fit_id = prediction_parameters.fit_id
    where
        fits_in_force.status = 'ok'
        and prediction_parameters.candidate in ('bg_nbd', 'gamma_gamma')
),

pivoted as (
    select
        max(case when term = 'r' then value end) as r,
        max(case when term = 'alpha' then value end) as alpha,
        max(case when term = 'a' then value end) as a,
        max(case when term = 'b' then value end) as b,
        max(case when term = 'p' then value end) as p,
        max(case when term = 'q' then value end) as q,
        max(case when term = 'v' then value end) as v
    from terms
),

clv_parameters as (
    select
        case
            when statuses.orders_status is null then 'insufficient_data: not fitted yet'
            when statuses.orders_status <> 'ok' then statuses.orders_status
            else coalesce(statuses.spend_status, 'insufficient_data: not fitted yet')
        end as clv_status,
        pivoted.r,
        pivoted.alpha,
        pivoted.a,
        pivoted.b,
        pivoted.p,
        pivoted.q,
        pivoted.v
    from statuses
    cross join pivoted
)

select * from clv_parameters
