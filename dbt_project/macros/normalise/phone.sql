{#- A telephone number in E.164 (+4930123456), null if no person can have it. `country` is an SQL expression for the
    country whose dialling habits hold where the number has no country code; without it, the project's default country.
    A source whose rows do not name a country gives its own in quotes: normalise_phone('phone', "'CH'").

    The habits stand in the seed phone_country_rules, the numbers that exist in phone_number_plans. -#}
{% macro normalise_phone(column, country=none) -%}
    {%- set home = "'" ~ var('default_country') ~ "'" -%}
    {%- set dialled_in = "upper(coalesce(" ~ country ~ ", " ~ home ~ "))" if country else home -%}
    {{ return(adapter.dispatch('normalise_phone', 'kindred')(column, dialled_in)) }}
{%- endmacro %}

{#- Inside out: the characters that can be dialled; the ways to read them (from abroad, at home, with a lost plus); the
    ways to take off what is dialled first at home (the 0 of 030); and of those that exist in the plan, the likeliest.
    The plan is compared for equality, beginning by beginning: an expression from a seed is compiled for each row. -#}
{% macro default__normalise_phone(column, dialled_in) -%}
    (
        select substr(min(likely.place || '+' || likely.calling_code || likely.digits), 3)
        from (
            select
                reading.calling_code,
                cast(reading.place * 10 + way.place as {{ dbt.type_string() }}) as place,
                case way.place
                    when 1 then {{ without_start('reading.rest', 'rule.trunk_prefix') }}
                    when 2
                        then {{ with_start_replaced('reading.rest', 'rule.trunk_prefix', 'rule.trunk_replacement') }}
                    else reading.rest
                end as digits
            from (
                select
                    written.home_country,
                    written.home_code,
                    kind.place,
                    case
                        when kind.place = 1 then {{ leading_calling_code('written.abroad') }}
                        when written.abroad is null then written.home_code
                    end as calling_code,
                    case
                        when kind.place = 1
                            then substr(
                                written.abroad, length({{ leading_calling_code('written.abroad') }}) + 1
                            )
                        when kind.place = written.place_of_lost_plus
                            then case
                                when starts_with(written.dialled, written.home_code)
                                    then substr(written.dialled, length(written.home_code) + 1)
                            end
                        else written.dialled
                    end as rest
                from (
                    select
                        raw.dialled,
                        home.country as home_country,
                        home.calling_code as home_code,
                        case when {{ without_start("'0'", 'home.trunk_prefix') }} = '' then 2 else 3 end
                            as place_of_lost_plus,
                        {{ behind_international_prefix('raw.dialled', 'home.international_prefix') }} as abroad
                    from (select {{ dialled_characters(column) }} as dialled, {{ dialled_in }} as dialled_in) as raw
                    left join {{ ref('phone_country_rules') }} as home on home.country = raw.dialled_in
                ) as written
                cross join (select 1 as place union all select 2 as place union all select 3 as place) as kind
            ) as reading
            inner join (
                select country as place_name, trunk_prefix, trunk_replacement
                from {{ ref('phone_country_rules') }}
                union all
                select '+' || calling_code as place_name, trunk_prefix, trunk_replacement
                from {{ ref('phone_country_rules') }}
                where is_main_country
            ) as rule
                on rule.place_name
                    = case when reading.place = 1 then '+' || reading.calling_code else reading.home_country end
            cross join (select 1 as place union all select 2 as place union all select 3 as place) as way
            where reading.rest is not null
        ) as likely
        cross join (
            {%- for length in range(8) %}
            select {{ length }} as digits{{ ' union all' if not loop.last }}
            {%- endfor %}
        ) as beginning
        inner join {{ ref('phone_number_plans') }} as plan
            on
                plan.calling_code = likely.calling_code
                and coalesce(plan.begins_with, '') = substr(likely.digits, 1, beginning.digits)
                and strpos(plan.next_digits, substr(likely.digits, beginning.digits + 1, 1)) > 0
                and length(likely.digits) between plan.digits_min and plan.digits_max
    )
{%- endmacro %}


{#- Digits and a leading plus, without punctuation, invisible marks and extension; null if anything else is written
    there. Digits of other scripts count as digits; what translate has no counterpart for, it takes away. -#}
{% macro dialled_characters(column) -%}
    {%- set digits = '0123456789０１２３４５６７８９٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९' -%}
    {%- set invisible = ['160', '8203', '8206', '8207', '8234', '8236', '8237', '8239', '8288', '12288', '65279'] -%}
    {%- set plain -%}
        translate(
            lower({{ column }}),
            '{{ digits }}＋－ ()[]（）./．／~‐‑‒–—―−-' || chr(9) || chr(10) || chr(13)
            {%- for character in invisible %} || chr({{ character }}){% endfor %},
            '{{ '0123456789' * 5 }}+'
        )
    {%- endset -%}
    {%- set number = "regexp_replace(regexp_replace(" ~ plain ~ ", '" ~ call_word() ~ "', ''), '" ~ extension() ~ "', '')" -%}
    case when {{ matches_whole(number, '[+]?[0-9]{4,20}') }} then {{ number }} end
{%- endmacro %}

{% macro call_word() %}^(tel|telefon|phone|mob|mobil|mobile|cell|handy):?{% endmacro %}

{% macro extension() %};?(ext|extension|extn|x|#|доб)[=:]?[0-9]{1,7}${% endmacro %}


{#- What follows + or the country's prefix for calling abroad (011 in the United States), or the 00 that most of the
    world writes instead; null if the number is a national one. No calling code begins with 0. -#}
{% macro behind_international_prefix(dialled, prefix) -%}
    case
        when starts_with({{ dialled }}, '+') then substr({{ dialled }}, 2)
        when substr({{ without_start(dialled, prefix) }}, 1, 1) <> '0' then {{ without_start(dialled, prefix) }}
        when starts_with({{ dialled }}, '00') and substr({{ dialled }}, 3, 1) <> '0' then substr({{ dialled }}, 3)
    end
{%- endmacro %}


{#- No calling code begins with another (ITU-T E.164): these ones have one or two digits, all others three. -#}
{% macro leading_calling_code(digits) -%}
    case
        when substr({{ digits }}, 1, 1) in ('1', '7') then substr({{ digits }}, 1, 1)
        when substr({{ digits }}, 1, 2) in (
            '20', '27', '30', '31', '32', '33', '34', '36', '39', '40', '41', '43', '44', '45', '46', '47', '48', '49',
            '51', '52', '53', '54', '55', '56', '57', '58', '60', '61', '62', '63', '64', '65', '66', '81', '82', '84',
            '86', '90', '91', '92', '93', '94', '95', '98'
        ) then substr({{ digits }}, 1, 2)
        else substr({{ digits }}, 1, 3)
    end
{%- endmacro %}


{#- The text without its start, which a column gives in plain digits or as a regular expression; null if it starts
    otherwise. Most are plain, and spared the expression that would be compiled for each row. -#}
{% macro without_start(text, start) -%}
    case
        when translate({{ start }}, '0123456789', '') = ''
            then case when starts_with({{ text }}, {{ start }}) then substr({{ text }}, length({{ start }}) + 1) end
        else {{ with_start_replaced(text, start, "''") }}
    end
{%- endmacro %}


{#- The text with its start rewritten; null if it starts otherwise or there is nothing to rewrite it to. -#}
{% macro with_start_replaced(text, start, replacement) -%}
    {%- set pattern = "'^(?:' || " ~ start ~ " || ')'" -%}
    case
        when {{ replacement }} is not null and {{ matches_pattern(text, pattern) }}
            then regexp_replace({{ text }}, {{ pattern }}, {{ replacement }})
    end
{%- endmacro %}


{#- Whether some of the text matches a pattern that is an SQL expression. -#}
{% macro matches_pattern(text, pattern) -%}
    {{ return(adapter.dispatch('matches_pattern', 'kindred')(text, pattern)) }}
{%- endmacro %}

{% macro default__matches_pattern(text, pattern) -%}
    regexp_like({{ text }}, {{ pattern }})
{%- endmacro %}

{% macro duckdb__matches_pattern(text, pattern) -%}
    regexp_matches({{ text }}, {{ pattern }})
{%- endmacro %}
