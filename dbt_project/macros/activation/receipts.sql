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


{#- The last words that `receipt_states` reads, each as one struct; `way` is `latest` of many receipts or `only` of one. -#}
{% macro state_words(way) -%}
    {%- set columns = {
        'held': 'operation payload_hash customer_id delivered_at receipt_id', 'written': 'outcome payload_hash customer_id',
        'removed': 'outcome', 'lost': 'delivered_at receipt_id', 'named': 'external_id',
    } -%}
    {%- for name, condition in kindred.last_words().items() -%}
        {{ kindred.latest(columns[name], condition) if way == 'latest' else kindred.only(columns[name], condition) }} as {{ name }}
        {{- ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{#- The state of a key that its last words make, which stand in `latest` as `state_words` names them. -#}
{% macro receipt_state() -%}
    latest.sync,
    latest.destination,
    latest.record_key,
    latest.held.operation as held_operation,
    latest.held.customer_id as held_customer_id,
    latest.held.payload_hash as held_payload_hash,
    latest.held.delivered_at as held_at,
    latest.written.outcome as written_outcome,
    latest.written.customer_id as written_customer_id,
    latest.written.payload_hash as written_payload_hash,
    latest.removed.outcome as removed_outcome,
    latest.named.external_id,
    coalesce(latest.held.operation != 'remove', false) as is_held,
    coalesce(latest.written.outcome = 'pending', false) as is_being_written,
    coalesce(latest.removed.outcome = 'pending', false) as is_being_removed,
    latest.lost is not null and (
        latest.held is null
        or latest.held.delivered_at < latest.lost.delivered_at
        or (latest.held.delivered_at = latest.lost.delivered_at and latest.held.receipt_id < latest.lost.receipt_id)
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
