{#-
    The shapes in which staging hands rows to the core. A staging model that declares `meta: {feeds: [orders]}` has
    these columns, in any order, beside others of its own. The core never names a staging model.
-#}
{% macro feed_columns(feed) %}
    {%- set shapes = {
        'orders': {
            'record_id': 'text', 'source': 'text', 'order_id': 'text', 'channel': 'text', 'ordered_at': 'timestamp',
            'status': 'text', 'currency': 'text', 'total_amount': 'money', 'tax_amount': 'money',
            'discount_amount': 'money',
        },
        'deliveries': {
            'source': 'text', 'order_id': 'text', 'promised_at': 'timestamp', 'delivered_at': 'timestamp',
        },
        'order_items': {
            'source': 'text', 'order_item_id': 'text', 'order_id': 'text', 'product_id': 'text',
            'quantity': 'quantity', 'unit_price': 'price', 'discount_amount': 'money',
        },
        'refunds': {
            'record_id': 'text', 'source': 'text', 'refund_id': 'text', 'order_id': 'text',
            'refunded_at': 'timestamp', 'currency': 'text', 'amount': 'money', 'tax_amount': 'money',
        },
        'carts': {
            'record_id': 'text', 'source': 'text', 'cart_id': 'text', 'created_at': 'timestamp',
            'updated_at': 'timestamp', 'items_count': 'integer', 'cart_value': 'money', 'currency': 'text',
        },
        'payments': {
            'record_id': 'text', 'source': 'text', 'payment_id': 'text', 'order_id': 'text', 'status': 'text',
            'attempted_at': 'timestamp', 'amount': 'money', 'currency': 'text',
        },
        'products': {
            'source': 'text', 'product_id': 'text', 'product_name': 'text', 'category': 'text', 'brand': 'text',
            'price': 'price', 'cost': 'price',
        },
        'interactions': {
            'record_id': 'text', 'source': 'text', 'interaction_id': 'text', 'interaction_type': 'text',
            'channel': 'text', 'occurred_at': 'timestamp', 'product_id': 'text', 'campaign_id': 'text',
            'is_machine': 'boolean',
        },
        'tickets': {
            'record_id': 'text', 'source': 'text', 'ticket_id': 'text', 'channel': 'text', 'status': 'text',
            'priority': 'text', 'opened_at': 'timestamp', 'due_at': 'timestamp', 'first_replied_at': 'timestamp',
            'solved_at': 'timestamp', 'reopened_count': 'integer',
        },
        'campaign_assignments': {
            'record_id': 'text', 'source': 'text', 'campaign_id': 'text', 'arm': 'text', 'treatment_share': 'share',
            'conversion_days': 'integer', 'occurred_at': 'timestamp',
        },
        'survey_scores': {
            'record_id': 'text', 'source': 'text', 'metric': 'text', 'score': 'integer', 'answered_at': 'timestamp',
        },
        'consent_events': {
            'record_id': 'text', 'source': 'text', 'purpose': 'text', 'channel': 'text', 'recipient': 'text',
            'jurisdiction': 'text', 'decision': 'text', 'policy_version': 'text', 'proof': 'text',
            'occurred_at': 'timestamp',
        },
        'survey_answers': {
            'record_id': 'text', 'source': 'text', 'question': 'text', 'answer': 'text', 'answered_at': 'timestamp',
        },
        'tags': {
            'record_id': 'text', 'source': 'text', 'identifier_type': 'text', 'identifier_sha256': 'text',
            'tag': 'text', 'tag_value': 'text', 'provider_name': 'text', 'confidence': 'share',
            'observed_at': 'timestamp', 'expires_at': 'timestamp',
        },
        'suppression_events': {
            'record_id': 'text', 'source': 'text', 'reason': 'text', 'channel': 'text', 'occurred_at': 'timestamp',
        },
        'milestones': {
            'record_id': 'text', 'source': 'text', 'milestone_id': 'text', 'milestone_type': 'text',
            'occurred_at': 'timestamp', 'detail': 'text',
        },
    } -%}
    {%- if feed not in shapes -%}
        {%- do exceptions.raise_compiler_error(
            "There is no feed '" ~ feed ~ "': use one of " ~ shapes.keys() | sort | join(', ') ~ "."
        ) -%}
    {%- endif -%}
    {{ return(shapes[feed]) }}
{% endmacro %}


{% macro feed_type(name) %}
    {%- set types = {
        'text': dbt.type_string(),
        'timestamp': dbt.type_timestamp(),
        'money': 'decimal(18, 4)',
        'price': 'decimal(18, 4)',
        'quantity': 'decimal(18, 3)',
        'share': 'decimal(5, 4)',
        'real': 'double',
        'integer': dbt.type_bigint(),
        'boolean': dbt.type_boolean(),
    } -%}
    {{ return(types[name]) }}
{% endmacro %}


{#- Every row that staging hands to one feed; an empty relation of the right shape when no model feeds it. -#}
{% macro union_feed(feed) %}
    {%- set columns = feed_columns(feed) -%}
    {%- set sources = adapter.dispatch('registered_feed', 'kindred')(feed) -%}
    {%- do check_registered(sources, 'the feed ' ~ feed, models_that_feed(feed)) -%}
    {%- for feeding in sources %}
    select
        {%- for column, type in columns.items() %}
        cast({{ column }} as {{ feed_type(type) }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ feeding.relation }}
    {{ 'union all' if not loop.last }}
    {%- else %}
    {{ empty_relation(columns) }}
    {%- endfor %}
{% endmacro %}


{% macro empty_relation(columns) %}
    select
        {%- for column, type in columns.items() %}
        cast(null as {{ feed_type(type) }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    where 1 = 0
{% endmacro %}
