-- The data hold no consent. As an example we take it that the grocer mailed only households that allowed it: a mailing
-- is read as a grant for post from that day on. It is an assumption of this example; whoever was never mailed is withheld.
with

campaigns as (

    select * from {{ source('completejourney', 'campaigns') }}

),

descriptions as (

    select * from {{ source('completejourney', 'campaign_descriptions') }}

),

mailings as (

    select
        'completejourney_campaigns:' || campaigns.campaign_id || ':' || campaigns.household_id as record_id,
        'completejourney' as source,
        'completejourney:' || campaigns.campaign_id || ':' || campaigns.household_id as interaction_id,
        'campaign_send' as interaction_type,
        cast(null as varchar) as product_id,
        campaigns.campaign_id,
        false as is_machine,
        campaigns.household_id,
        cast(descriptions.start_date as timestamp) as occurred_at,
        cast(descriptions.start_date as timestamp) as loaded_at,
        'marketing' as purpose,
        'post' as channel,
        'any' as recipient,
        'US' as jurisdiction,
        'granted' as decision,
        'assumed from mailing' as policy_version,
        'campaign ' || campaigns.campaign_id as proof
    from campaigns
    inner join descriptions
        on campaigns.campaign_id = descriptions.campaign_id

)

select * from mailings
