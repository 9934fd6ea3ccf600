-- Pending records whose payload or permission does not fit the operation: a removal has neither, the others have both.
with

pending_records as (

    select * from {{ ref('pending_records') }}

),

misfits as (

    select * from pending_records
    where
        (operation = 'remove' and (permission_id is not null or payload is not null))
        or (operation != 'remove' and (permission_id is null or payload is null))

)

select * from misfits
