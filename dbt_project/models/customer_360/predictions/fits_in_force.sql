-- One row per subject that was ever fitted by as_of: the last attempt by then, so that a past day has its own.
with

prediction_fits as (
    select * from {{ ref('prediction_fits') }}
    where fitted_as_of <= {{ as_of() }}
),

placed as (
    select
        *,
        row_number() over (
            partition by subject
            order by fitted_as_of desc, fitted_at desc, fit_id desc
        ) as place
    from prediction_fits
),

fits_in_force as (
    select
        subject,
        fit_id,
        fitted_as_of,
        status,
        detail
    from placed
    where place = 1
)

select * from fits_in_force
