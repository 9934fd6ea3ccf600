{#-
    What the results of experiments need and not every engine has. Sources: Abramowitz & Stegun, Handbook of Mathematical
    Functions (1964), by the number of the formula.
-#}

{#- The chance that a standard normal value is at least `z` away from 0, for z >= 0. 26.2.17: off by at most 1.5e-7. -#}
{% macro two_sided_p(z) -%}
    {%- set t = '(1 / (1 + 0.2316419 * ' ~ z ~ '))' -%}
    2 * 0.3989422804014327 * exp(-0.5 * {{ z }} * {{ z }}) * {{ t }} * (
        0.319381530 + {{ t }} * (-0.356563782 + {{ t }} * (1.781477937 + {{ t }} * (-1.821255978 + {{ t }} * 1.330274429)))
    )
{%- endmacro %}


{#- Beyond which 2.5% of a standard normal lie on either side: the half width of a 95% interval in standard errors. -#}
{% macro normal_quantile_975() -%}
    1.959963984540054
{%- endmacro %}


{#- The same for Student's t. 26.7.5, four terms: off by less than .003 from 5 degrees of freedom on, .0002 from 10 on. -#}
{% macro student_quantile_975(degrees_of_freedom) -%}
    {%- set z = 1.959963984540054 -%}
    {%- set terms = [
        (z ** 3 + z) / 4,
        (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
        (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    ] -%}
    ({{ z }}
    {%- for term in terms %} + {{ term }} / power({{ degrees_of_freedom }}, {{ loop.index }}){% endfor %})
{%- endmacro %}
