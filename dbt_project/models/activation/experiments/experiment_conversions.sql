-- One row per experiment with customers in both arms: the difference of the conversion rates.
with

pairs as (

    select * from {{ ref('experiment_arm_pairs') }}

),

rates as (

    select
        *,
        treated_conversions / treated as treated_rate,
        held_out_conversions / held_out as held_out_rate,
        (treated_conversions + held_out_conversions) / (treated + held_out) as pooled_rate
    from pairs

),

errors as (

    select
        *,
        treated_rate - held_out_rate as lift,
        sqrt(pooled_rate * (1 - pooled_rate) * (1 / treated + 1 / held_out)) as pooled_error,
        sqrt(
            treated_rate * (1 - treated_rate) / treated + held_out_rate * (1 - held_out_rate) / held_out
        ) as unpooled_error
    from rates

),

scored as (

    select
        *,
        lift / nullif(pooled_error, 0) as z
    from errors

),

-- The normal approximation needs about five buyers and five others in the smaller arm (Cochran's rule of thumb).
-- Rounded beyond what it is exact to, so that every engine says the same.
conversions as (

    select
        experiment_id,
        round(treated_rate, 8) as treated_rate,
        round(held_out_rate, 8) as held_out_rate,
        round(lift, 8) as lift,
        round(z, 6) as z,
        round({{ two_sided_p('abs(z)') }}, 6) as p_value,
        round(lift - {{ normal_quantile_975() }} * unpooled_error, 8) as lift_low,
        round(lift + {{ normal_quantile_975() }} * unpooled_error, 8) as lift_high,
        round(treated_conversions - treated * held_out_rate, 4) as incremental_conversions,
        least(treated, held_out) * least(pooled_rate, 1 - pooled_rate) >= 5 as is_large_enough
    from scored

)

select * from conversions
