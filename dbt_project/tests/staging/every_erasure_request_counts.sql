-- Requests to be forgotten that name somebody and yet stop nothing.
with

requests as (

    select * from {{ ref('base_erasure__requests') }}

),

staged as (

    select * from {{ ref('stg_erasure__requests') }}

),

lost as (

    select requests.*
    from requests
    left outer join staged
        on staged.record_id = 'erasure_requests:' || requests.request_key
    where
        coalesce(requests.user_id, requests.email, requests.phone) is not null
        and staged.record_id is null

)

select * from lost
