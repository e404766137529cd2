//! The part of a referral that only this vendor has.

use crate::model::Json;
use crate::vendor::saasquatch::{schema, whole};

pub(super) fn referral(record: whole::Referral) -> schema::SaasquatchReferral {
    let friends = record.referred_reward.map(reward);
    let own = record.referrer_reward.map(reward);
    let rewards = [&friends, &own];
    schema::SaasquatchReferral {
        program_id: record.program_id,
        referral_code_used: record.referral_code_used,
        share_link_used: record.share_link_used,
        referred_moderation_text: record.referred_moderation_status,
        referrer_moderation_text: record.referrer_moderation_status,
        fraud_signals: record
            .fraud_signals
            .into_iter()
            .flatten()
            .filter_map(|(name, signal)| Some(fraud_signal(name, signal?)))
            .collect(),
        rewards: rewards.into_iter().flatten().cloned().collect(),
        referred_reward: friends,
        referrer_reward: own,
        referred_user: record.referred_user.map(user),
        referrer_user: record.referrer_user.map(user),
        converted_at: record.date_converted,
        paid_at: record.date_referral_paid,
        ended_at: record.date_referral_ended,
        user_modified_at: record.date_user_modified,
    }
}

fn fraud_signal(name: String, signal: whole::FraudSignal) -> schema::SaasquatchFraudSignal {
    schema::SaasquatchFraudSignal {
        name,
        message: signal.message,
        score: signal.score,
    }
}

fn user(user: whole::User) -> schema::SaasquatchUser {
    schema::SaasquatchUser {
        remote_id: user.id,
        account_id: user.account_id,
        last_initial: user.last_initial,
        referral_code: user.referral_code,
        email_hash: user.email_hash,
        image_url: user.image_url,
        cookie_id: user.cookie_id,
        payment_provider_id: user.payment_provider_id,
        locale: user.locale,
        country_code: user.country_code,
        referral_source: user.referral_source,
        first_seen_ip: user.first_seen_ip,
        last_seen_ip: user.last_seen_ip,
        created_at: user.date_created,
        blocked_at: user.date_blocked,
        share_links: user.share_links.map(Json::from),
    }
}

fn reward(reward: whole::Reward) -> schema::SaasquatchReward {
    schema::SaasquatchReward {
        remote_id: reward.id,
        kind: reward.kind.as_deref().map(reward_type),
        type_text: reward.kind,
        source: reward.reward_source.as_deref().map(reward_source),
        source_text: reward.reward_source,
        account_id: reward.account_id,
        user_id: reward.user_id,
        name: reward.name,
        unit: reward.unit,
        currency: reward.currency,
        assigned_credit: reward.assigned_credit,
        redeemed_credit: reward.redeemed_credit,
        discount_percent: reward.discount_percent,
        amount: reward.amount,
        fuel_tank_code: reward.fuel_tank_code,
        fuel_tank_type: reward.fuel_tank_type,
        description: reward.description,
        cancellable: reward.cancellable,
        unique_id: reward.unique_id,
        program_id: reward.program_id,
        program_reward_key: reward.program_reward_key,
        global_reward_key: reward.global_reward_key,
        referral_id: reward.referral_id,
        redemptions: reward.redemptions.map(Json::from),
        created_at: reward.date_created,
        scheduled_for: reward.date_scheduled_for,
        given_at: reward.date_given,
        expires_at: reward.date_expires,
        cancelled_at: reward.date_cancelled,
    }
}

fn reward_type(word: &str) -> schema::SaasquatchRewardType {
    match word {
        "PCT_DISCOUNT" => schema::SaasquatchRewardType::PctDiscount,
        "CREDIT" => schema::SaasquatchRewardType::Credit,
        "FUELTANK" => schema::SaasquatchRewardType::FuelTank,
        "INTEGRATION" => schema::SaasquatchRewardType::Integration,
        _ => schema::SaasquatchRewardType::Unrecognized,
    }
}

fn reward_source(word: &str) -> schema::SaasquatchRewardSource {
    match word {
        "FRIEND_SIGNUP" => schema::SaasquatchRewardSource::FriendSignup,
        "REFERRED" => schema::SaasquatchRewardSource::Referred,
        "MANUAL" => schema::SaasquatchRewardSource::Manual,
        _ => schema::SaasquatchRewardSource::Unrecognized,
    }
}
