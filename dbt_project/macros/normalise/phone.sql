{#- A telephone number in E.164 (+4930123456), null if it cannot be one. `country` is an SQL expression for the country
    whose dialling habits hold where the number has no country code; without it, the project's default country.
    What those habits are stands in the seed phone_country_rules. -#}
{% macro normalise_phone(column, country=none) -%}
    {%- set home = "'" ~ var('default_country') ~ "'" -%}
    {%- set dialled_in = "upper(coalesce(" ~ country ~ ", " ~ home ~ "))" if country else home -%}
    {{ return(adapter.dispatch('normalise_phone', 'kindred')(column, dialled_in)) }}
{%- endmacro %}

{#- Inside out: the characters that can be dialled; what stands behind the prefix for calling abroad; the calling code;
    what stands behind it; and the national number, without the prefix for calling at home (the 0 of 030). -#}
{% macro duckdb__normalise_phone(column, dialled_in) -%}
    (
        select max('+' || national.calling_code || national.digits)
        from (
            select
                rule.*,
                {{ behind_trunk_prefix('split.rest', 'rule') }} as digits
            from (
                select
                    called.*,
                    coalesce(called.code_abroad, called.home_code) as calling_code,
                    coalesce(substr(called.abroad, length(called.code_abroad) + 1), called.dialled) as rest
                from (
                    select
                        placed.*,
                        {{ leading_calling_code('placed.abroad') }} as code_abroad
                    from (
                        select
                            written.dialled,
                            home.country as home_country,
                            home.calling_code as home_code,
                            {{ behind_international_prefix('written.dialled', 'home') }} as abroad
                        from (select {{ dialled_characters(column) }} as dialled, {{ dialled_in }} as dialled_in) as written
                        left join {{ ref('phone_country_rules') }} as home
                            on home.country = written.dialled_in
                    ) as placed
                ) as called
            ) as split
            inner join {{ ref('phone_country_rules') }} as rule
                on
                    rule.calling_code = split.calling_code
                    and (split.abroad is not null or rule.country = split.home_country)
        ) as national
        where {{ is_national_number('national.digits', 'national') }}
    )
{%- endmacro %}


{#- Digits and a leading plus, without punctuation and extension; null if anything else is written there. -#}
{% macro dialled_characters(column) -%}
    nullif(regexp_extract(
        regexp_replace(
            regexp_replace(lower({{ trimmed(column) }}), '^tel[.:]? *|(;?ext[.=:]?|x|#) *[0-9]{1,7}$', '', 'g'),
            '[ ()./–-]|' || chr(160), '', 'g'
        ),
        '^[+]?[0-9]{4,20}$'
    ), '')
{%- endmacro %}


{#- What follows + or the country's prefix for calling abroad (011 in the United States), or the 00 that most of the
    world writes instead, or the country's own calling code that lost its plus: what is behind it is then a national
    number, and the whole is none, being too long or without the 0 of 030. Null if the number is a national one. -#}
{% macro behind_international_prefix(dialled, rule) -%}
    case
        when starts_with({{ dialled }}, '+') then substr({{ dialled }}, 2)
        when starts_with({{ dialled }}, {{ rule }}.international_prefix)
            then substr({{ dialled }}, length({{ rule }}.international_prefix) + 1)
        when starts_with({{ dialled }}, '00') and not starts_with({{ rule }}.international_prefix, '00')
            then substr({{ dialled }}, 3)
        when
            starts_with({{ dialled }}, {{ rule }}.calling_code)
            and ({{ rule }}.trunk_prefix = '0' or length({{ dialled }}) > {{ rule }}.national_max)
            and {{ is_national_number('substr(' ~ dialled ~ ', length(' ~ rule ~ '.calling_code) + 1)', rule) }}
            then {{ dialled }}
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


{#- No national number begins with 0 where 0 is the trunk prefix; other prefixes (1, 8, 06) may also begin a number, and
    count as a prefix only where it would otherwise be too long. -#}
{% macro behind_trunk_prefix(digits, rule) -%}
    case
        when
            starts_with({{ digits }}, {{ rule }}.trunk_prefix)
            and ({{ rule }}.trunk_prefix = '0' or length({{ digits }}) > {{ rule }}.national_max)
            then substr({{ digits }}, length({{ rule }}.trunk_prefix) + 1)
        else {{ digits }}
    end
{%- endmacro %}


{#- Whether this many digits, with this one in front, can be a number of the country. -#}
{% macro is_national_number(digits, rule) -%}
    (
        length({{ digits }}) between {{ rule }}.national_min and {{ rule }}.national_max
        and strpos({{ rule }}.first_digits, substr({{ digits }}, 1, 1)) > 0
    )
{%- endmacro %}
