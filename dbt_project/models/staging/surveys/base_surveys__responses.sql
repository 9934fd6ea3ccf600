-- One row per raw row of survey_responses, parsed once; `problem` says why a row cannot be read.
{{ config(materialized='table') }}

with

source as (

    select * from {{ source('surveys', 'survey_responses') }}

),

parsed as (

    select
        {{ blank_to_null('response_id') }} as response_id,
        {{ normalise_code('survey_type') }} as survey_type,
        {{ blank_to_null('user_id') }} as user_id,
        {{ normalise_email('email') }} as email,
        {{ readable_text('question') }} as question,
        {{ parse_integer('score') }} as score,
        {{ trimmed(printable('answer')) }} as answer,
        {{ parse_timestamp('answered_at') }} as answered_at,
        _loaded_at as loaded_at,
        {{ whole_row('source') }} as source_row
    from source

),

checked as (

    select
        *,
        {{ first_problem(
            required_columns(['response_id'])
            + [unknown_code('survey_type', ['nps', 'psychographic'])]
            + time_problems('answered_at')
            + unreadable_if_written(['score'])
            + [
                ("survey_type = 'nps' and coalesce(score, -1) not between 0 and 10", 'score is not 0 to 10'),
                ("survey_type = 'psychographic' and coalesce(answer, '') = ''", 'missing answer'),
            ]
        ) }} as problem
    from parsed

),

numbered as (

    {{ number_copies('checked', 'response_id') }}

)

select * from numbered
