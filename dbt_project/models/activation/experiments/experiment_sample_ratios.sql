-- One row per experiment: how many were put into each arm against how many should have been. Everybody who was tossed
-- for counts, in the arm of the toss: what merges took away since says nothing about the toss.
with

memberships as (

    select * from {{ ref('experiment_memberships') }}

),

counted as (

    select
        experiment_id,
        kind,
        experiment,
        count(*) as assignments,
        count(case when customer_id is null then 1 end) as lost,
        count(case when arm = 'treatment' then 1 end) as assigned_treatment,
        count(case when arm = 'control' then 1 end) as assigned_control,
        -- one toss without a stated share leaves the whole sum unknown
        case when count(treatment_share) = count(*) then sum(treatment_share) end as expected_treatment
    from memberships
    group by experiment_id, kind, experiment

),

compared as (

    select
        *,
        assignments - expected_treatment as expected_control,
        power(assigned_treatment - expected_treatment, 2) / nullif(expected_treatment, 0)
        + power(assigned_control - (assignments - expected_treatment), 2)
        / nullif(assignments - expected_treatment, 0) as chi_square
    from counted

),

judged as (

    select
        experiment_id,
        kind,
        experiment,
        assignments,
        lost,
        assigned_treatment,
        assigned_control,
        round(expected_treatment, 4) as expected_treatment,
        round(expected_control, 4) as expected_control,
        round(chi_square, 6) as chi_square,
        round({{ two_sided_p('sqrt(chi_square)') }}, 6) as sample_ratio_p_value
    from compared

)

select * from judged
