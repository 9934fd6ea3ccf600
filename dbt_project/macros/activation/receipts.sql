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


{#- Whether the last answer about a desired record was that it is not wanted as it is now. -#}
{% macro is_rejected_as_it_stands() -%}
    receipt_states.written_outcome = 'rejected' and receipt_states.written_payload_hash = desired_records.payload_hash
{%- endmacro %}
