{#-
    The last words of a destination about one key, by name: the receipts that meet the condition, of which the latest
    counts. `receipt_states` reads them, and `standing_receipts` keeps no others.
-#}
{% macro last_words() %}
    {{ return({
        'held': "outcome = 'accepted'",
        'written': "operation != 'remove' and outcome != 'rate_limited'",
        'removed': "operation = 'remove' and outcome != 'rate_limited'",
        'lost': "outcome = 'unknown'",
        'named': "external_id is not null",
    }) }}
{% endmacro %}


{#- The last words of many receipts of a key, each as one struct: what `receipt_state` reads of them. -#}
{% macro state_words() -%}
    {%- set columns = {
        'held': 'operation payload_hash customer_id delivered_at receipt_id', 'written': 'outcome payload_hash customer_id',
        'removed': 'outcome', 'lost': 'delivered_at receipt_id', 'named': 'external_id',
    } -%}
    {%- for name, condition in kindred.last_words().items() -%}
        {{ kindred.latest(columns[name], condition) }} as {{ name }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{#- A column of a last word: of the structs that `state_words` made, or of a receipt that is the only one of its key. -#}
{% macro last_word(name, column, is_only) -%}
    {%- if is_only -%}case when {{ kindred.last_words()[name] }} then {{ column }} end
    {%- else -%}{{ name }}.{{ column }}
    {%- endif -%}
{%- endmacro %}


{#- The state of a key that its last words make. -#}
{% macro receipt_state(is_only=false) -%}
    {%- set held_operation = kindred.last_word('held', 'operation', is_only) -%}
    {%- set held_at = kindred.last_word('held', 'delivered_at', is_only) -%}
    {%- set lost_at = kindred.last_word('lost', 'delivered_at', is_only) -%}
    {%- set written_outcome = kindred.last_word('written', 'outcome', is_only) -%}
    {%- set removed_outcome = kindred.last_word('removed', 'outcome', is_only) -%}
    sync,
    destination,
    record_key,
    {{ held_operation }} as held_operation,
    {{ kindred.last_word('held', 'customer_id', is_only) }} as held_customer_id,
    {{ kindred.last_word('held', 'payload_hash', is_only) }} as held_payload_hash,
    {{ held_at }} as held_at,
    {{ written_outcome }} as written_outcome,
    {{ kindred.last_word('written', 'customer_id', is_only) }} as written_customer_id,
    {{ kindred.last_word('written', 'payload_hash', is_only) }} as written_payload_hash,
    {{ removed_outcome }} as removed_outcome,
    {{ kindred.last_word('named', 'external_id', is_only) }} as external_id,
    coalesce({{ held_operation }} != 'remove', false) as is_held,
    coalesce({{ written_outcome }} = 'pending', false) as is_being_written,
    coalesce({{ removed_outcome }} = 'pending', false) as is_being_removed,
    {{ lost_at }} is not null and (
        {{ held_at }} is null
        or {{ held_at }} < {{ lost_at }}
        or (
            {{ held_at }} = {{ lost_at }}
            and {{ kindred.last_word('held', 'receipt_id', is_only) }} < {{ kindred.last_word('lost', 'receipt_id', is_only) }}
        )
    ) as is_lost
{%- endmacro %}


{#- The rank of a receipt among those of its key that meet a condition, the latest first; one column for each condition. -#}
{% macro last_word_ranks() %}
    {%- for name, condition in last_words().items() %}
        row_number() over (
            partition by sync, destination, record_key, coalesce({{ condition }}, false)
            order by delivered_at desc, receipt_id desc
        ) as {{ name }}_rank{{ ',' if not loop.last }}
    {%- endfor %}
{% endmacro %}


{#- Whether a receipt with these ranks is the last word of any kind. -#}
{% macro is_last_word() %}
    {%- for name, condition in last_words().items() -%}
        (({{ condition }}) and {{ name }}_rank = 1){{ ' or ' if not loop.last }}
    {%- endfor -%}
{% endmacro %}


{#- The columns of a receipt and their types. -#}
{% macro receipt_columns() %}
    {{ return({
        'receipt_id': 'text', 'run_id': 'text', 'sync': 'text', 'destination': 'text', 'operation': 'text',
        'record_key': 'text', 'customer_id': 'text', 'permission_id': 'text', 'payload_hash': 'text', 'outcome': 'text',
        'reason': 'text', 'build_id': 'text', 'delivered_at': 'timestamp', 'external_id': 'text',
        'recorded_at': 'timestamp',
    }) }}
{% endmacro %}


{#- A time before any receipt. -#}
{% macro long_ago() %}cast('1900-01-01' as {{ dbt.type_timestamp() }}){% endmacro %}


{#- Whether two rows are about one record: what a destination holds for a sync under a key. -#}
{% macro same_record(one, other) -%}
    {{ one }}.sync = {{ other }}.sync
    and {{ one }}.destination = {{ other }}.destination
    and {{ one }}.record_key = {{ other }}.record_key
{%- endmacro %}


{#- Whether the last answer about a desired record was that it is not wanted as it is now. -#}
{% macro is_rejected_as_it_stands(states, records) -%}
    {{ states }}.written_outcome = 'rejected' and {{ states }}.written_payload_hash = {{ records }}.payload_hash
{%- endmacro %}
