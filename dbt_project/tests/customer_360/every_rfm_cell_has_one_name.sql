-- Five recency scores times five frequency scores times five monetary scores, each cell with a name.
select count(*) as cells
from {{ ref('rfm_cells') }}
where rfm_segment is not null
having count(*) <> 125
