{#- A name as people write it: one space between words, one kind of apostrophe, no emoji, null when no letter is left.
    SHOUTED and whispered names get capitals; anything mixed (McDonald, van der Berg) stays as it is. -#}
{% macro normalise_name(column) -%}{{ return(adapter.dispatch('normalise_name', 'kindred')(column)) }}{%- endmacro %}

{% macro default__normalise_name(column) -%}
    {%- set name = "regexp_replace(translate(" ~ blank_to_null(column) ~ ", '´`’‘', ''''''''''), '[ ]+', ' ')" -%}
    case when {{ name }} in (upper({{ name }}), lower({{ name }})) then initcap({{ name }}) else {{ name }} end
{%- endmacro %}

{#- Pictures go with what only they are joined and coloured by; the marks are those that show nothing. -#}
{% macro duckdb__normalise_name(column) -%}
    {%- set pictures = '[\\p{So}\\x{1F3FB}-\\x{1F3FF}][\\x{200D}\\x{FE0F}]*' -%}
    {%- set marks = kindred.unreadable_characters() ~ '|\\x{AD}' -%}
    {%- set drawn -%}
        regexp_replace(
            translate(
                {{ kindred.composed(blank_to_null(column)) }}, '´`’‘' || chr(9) || chr(10) || chr(13), '''''''''   '
            ),
            '{{ pictures }}|{{ marks }}', '', 'g'
        )
    {%- endset -%}
    {%- set name = "trim(regexp_replace(" ~ drawn ~ ", '[\\s\\p{Zs}]+', ' ', 'g'))" -%}
    case
        when not regexp_matches({{ name }}, '\p{L}') then null
        when {{ name }} not in (upper({{ name }}), lower({{ name }})) or length({{ name }}) = 1
            then {{ name }}
        else list_aggregate(
            list_transform(
                regexp_extract_all(lower({{ name }}), '[^ ''-]+|[ ''-]+'),
                lambda word: upper(word[1]) || word[2:]
            ),
            'string_agg', ''
        )
    end
{%- endmacro %}


{#- A name for comparing, never for showing: without case, accents, titles and punctuation, so that `Dr. Jürgen O'Neill`
    is `JUERGEN ONEILL`; null for an initial and for what people type who do not want to say. In `Last, First` the first
    name is put first. -#}
{% macro comparable_name(column) -%}
    {{ worth_comparing(untitled_name(folded_letters(normalise_name(column)))) }}
{%- endmacro %}


{#- The steps of comparable_name after the letters are folded; a model that takes them one by one stays readable when it is
    compiled. -#}
{% macro untitled_name(folded) -%}
    {%- set in_order = replaced(folded, '^([^,]+),(.+)$', '\\2 \\1') -%}
    {%- set words = "trim(" ~ replaced(replaced(in_order, "[''.]", ''), "[ ,;:/_()\"-]+", ' ') ~ ")" -%}
    {{ replaced(words, '^((' ~ titles() | join('|') ~ ') )+', '') }}
{%- endmacro %}


{% macro worth_comparing(untitled) -%}
    case
        when not {{ matches_whole(untitled, '[a-z]|' ~ words_for_nobody() | join('|')) }} then {{ untitled }}
    end
{%- endmacro %}


{#- The first word of it: Hans-Peter and Hans Peter may be written Hans elsewhere. -#}
{% macro comparable_first_name(column) -%}
    {{ first_word(comparable_name(column)) }}
{%- endmacro %}


{% macro first_word(column) -%}
    split_part({{ column }}, ' ', 1)
{%- endmacro %}


{% macro titles() -%}
    {{ return([
        'dr', 'prof', 'professor', 'med', 'dipl ing', 'mag', 'herr', 'hr', 'frau', 'fr', 'mr', 'mrs', 'ms', 'miss', 'mx',
        'sir', 'monsieur', 'mme', 'madame', 'mlle', 'sr', 'sra', 'srta', 'senor', 'senora', 'sig', 'signora', 'dott',
    ]) }}
{%- endmacro %}


{% macro words_for_nobody() -%}
    {{ return([
        'test', 'tester', 'testing', 'dummy', 'unknown', 'unbekannt', 'anonymous', 'anonym', 'guest', 'gast', 'customer',
        'kunde', 'user', 'nobody', 'n a', 'no name', 'noname', 'first name', 'vorname', 'last name',
        'nachname', 'name', 'x+', 'asdf.*', 'qwerty?',
    ]) }}
{%- endmacro %}


{#- Letters without their marks, in lower case; ä and ae, ø and oe, å and aa are the same letter in two spellings. -#}
{% macro folded_letters(column) -%}
    {{ return(adapter.dispatch('folded_letters', 'kindred')(column)) }}
{%- endmacro %}

{% macro default__folded_letters(column) -%}
    {%- set plain -%}
        translate(
            lower({{ column }}),
            'áàâäãåāăąçćčďđðéèêëēęěíìîïīıķĺľłńñňņóòôöõøōőŕřśšşșťţțúùûüūůűųýÿźżž',
            'aaaaaaaaacccdddeeeeeeeiiiiiiklllnnnnooooooooorrsssstttuuuuuuuuyyzzz'
        )
    {%- endset -%}
    {{ one_letter_for_two(plain) }}
{%- endmacro %}

{% macro duckdb__folded_letters(column) -%}
    {{ one_letter_for_two("translate(strip_accents(lower(" ~ column ~ ")), 'øłđðıħŧς', 'olddihtσ')") }}
{%- endmacro %}

{% macro one_letter_for_two(column) -%}
    {%- set pairs = [('ß', 'ss'), ('æ', 'a'), ('œ', 'o'), ('þ', 'th'), ('aa', 'a'), ('ae', 'a'), ('oe', 'o'), ('ue', 'u')] -%}
    {%- set text = namespace(sql=column) -%}
    {%- for written, folded in pairs -%}
        {%- set text.sql = "replace(" ~ text.sql ~ ", '" ~ written ~ "', '" ~ folded ~ "')" -%}
    {%- endfor -%}
    {{ return(text.sql) }}
{%- endmacro %}


{#- The text with each match of a constant pattern replaced. -#}
{% macro replaced(text, pattern, by) -%}
    {{ return(adapter.dispatch('replaced', 'kindred')(text, pattern, by)) }}
{%- endmacro %}

{% macro default__replaced(text, pattern, by) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ by }}')
{%- endmacro %}

{% macro duckdb__replaced(text, pattern, by) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ by }}', 'g')
{%- endmacro %}
