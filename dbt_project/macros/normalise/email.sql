{#- An address as an identity key: out of its wrapping, lower case, null if it cannot be an address. Dots and +tags
    stay, because only some providers ignore them: what a destination wants is its payload's business. In front of the @
    ASCII only, as nearly all servers demand; the domain may be in any script. Whether a domain's Punycode decodes is
    not looked at, and xn--bcher-kva.de is not bücher.de. -#}
{% macro normalise_email(column) -%}
    {%- set address = unwrapped_address(column) -%}
    {%- set local = "[a-z0-9!#$%&''*+/=?^_`{|}~-]+" -%}
    {%- set letter = other_letters() -%}
    {%- set mark = combining_marks() -%}
    {%- set label = "[a-z0-9" ~ letter ~ "]([a-z0-9" ~ letter ~ mark ~ "-]*[a-z0-9" ~ letter ~ mark ~ "])?" -%}
    {%- set last = "([a-z" ~ letter ~ "][a-z" ~ letter ~ mark ~ "]+|xn--[a-z0-9-]*[a-z0-9])" -%}
    case
        when
            {{ matches_whole(address, local ~ '([.]' ~ local ~ ')*@(' ~ label ~ '[.])+' ~ last) }}
            and not {{ matches_whole(address, '.*@.*[^.]{64}.*') }}
            and strpos({{ address }}, '@') <= 65
            and length({{ address }}) <= 254
            then {{ address }}
    end
{%- endmacro %}


{#- What stands in `Anna <anna@x.org>`, `mailto:anna@x.org` and `anna@x.org;`, in lower case: from the keyboard that
    types Ａ＠ back to A@, without invisible marks. -#}
{% macro unwrapped_address(column) -%}
    {%- set wide -%}
        ！＃＄％＆＇＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～ªº
    {%- endset -%}
    {%- set narrow -%}
        !#$%&''*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz{|}~ao
    {%- endset -%}
    {%- set invisible = [8203, 8206, 8207, 8234, 8236, 8237, 8288, 65279] -%}
    {%- set plain -%}
        lower(translate(
            {{ trimmed(column) }},
            '{{ wide }}'{% for character in invisible %} || chr({{ character }}){% endfor %}, '{{ narrow }}'
        ))
    {%- endset -%}
    {{ return(adapter.dispatch('unwrapped_address', 'kindred')(plain)) }}
{%- endmacro %}

{% macro default__unwrapped_address(plain) -%}
    regexp_replace(regexp_replace({{ plain }}, '^([^<>]*<)? *(mailto:)?', ''), '[ >.,;]*$', '')
{%- endmacro %}

{% macro duckdb__unwrapped_address(plain) -%}
    regexp_replace({{ kindred.composed(plain) }}, '^(?:[^<>]*<)? *(?:mailto:)?|[ >.,;]*$', '', 'g')
{%- endmacro %}


{#- What a domain may hold beside a to z, as members of a bracket expression: letters, and the marks that stand on them. -#}
{% macro other_letters() -%}{{ return(adapter.dispatch('other_letters', 'kindred')()) }}{%- endmacro %}

{% macro default__other_letters() -%}{%- endmacro %}

{% macro duckdb__other_letters() -%}\p{L}{%- endmacro %}


{% macro combining_marks() -%}{{ return(adapter.dispatch('combining_marks', 'kindred')()) }}{%- endmacro %}

{% macro default__combining_marks() -%}{%- endmacro %}

{% macro duckdb__combining_marks() -%}\p{M}{%- endmacro %}
