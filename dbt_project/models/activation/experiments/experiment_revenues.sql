-- One row per experiment with customers in both arms: the difference of the revenue per customer, buyers or not.
with

pairs as (

    select * from {{ ref('experiment_arm_pairs') }}

),

errors as (

    select
        *,
        treated_revenue - held_out_revenue as revenue_lift,
        sqrt(treated_variance_of_mean + held_out_variance_of_mean) as standard_error,
        -- Welch and Satterthwaite: arms of different size and spread
        power(treated_variance_of_mean + held_out_variance_of_mean, 2) / nullif(
            power(treated_variance_of_mean, 2) / nullif(treated - 1, 0)
            + power(held_out_variance_of_mean, 2) / nullif(held_out - 1, 0),
            0
        ) as degrees_of_freedom
    from pairs

),

revenues as (

    select
        experiment_id,
        round(treated_revenue, 4) as treated_revenue,
        round(held_out_revenue, 4) as held_out_revenue,
        round(revenue_lift, 4) as revenue_lift,
        round(degrees_of_freedom, 4) as degrees_of_freedom,
        round(revenue_lift - {{ student_quantile_975('degrees_of_freedom') }} * standard_error, 4) as revenue_lift_low,
        round(revenue_lift + {{ student_quantile_975('degrees_of_freedom') }} * standard_error, 4) as revenue_lift_high,
        round(treated * revenue_lift, 4) as incremental_revenue
    from errors

)

select * from revenues
