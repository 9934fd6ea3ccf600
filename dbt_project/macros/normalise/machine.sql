{#- Whether a browser says that no human drives it. False when it says nothing. -#}
{% macro is_machine_agent(user_agent) -%}
    coalesce(
        {{ matches_whole('lower(' ~ user_agent ~ ')', '.*(bot|crawl|spider|headless|preview|monitor|lighthouse).*') }},
        false
    )
{%- endmacro %}
