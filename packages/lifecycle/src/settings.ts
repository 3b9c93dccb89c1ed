import type { LifeSettings, SettingsChange } from "@tailbone/protocol/lifecycle";

/**
 * Thresholds that suit shares of entropy, of dependence and of what a model has learnt; each feature may have its own.
 */
export const DEFAULT_SETTINGS: LifeSettings = {
  encodedOn: 0.1,
  encodedOff: 0.05,
  benefitOn: 0.05,
  usedOff: 0.02,
  benefitOff: 0.05,
  confirmations: 2,
  alpha: 1e-3,
};

/** Below this share of what there is to learn, benefit is noise over noise. */
export const LEAST_LEARNT = 0.05;

/** All thresholds, of which some are set. */
export function completeSettings(set: SettingsChange): LifeSettings {
  return {
    encodedOn: set.encodedOn ?? DEFAULT_SETTINGS.encodedOn,
    encodedOff: set.encodedOff ?? DEFAULT_SETTINGS.encodedOff,
    benefitOn: set.benefitOn ?? DEFAULT_SETTINGS.benefitOn,
    usedOff: set.usedOff ?? DEFAULT_SETTINGS.usedOff,
    benefitOff: set.benefitOff ?? DEFAULT_SETTINGS.benefitOff,
    confirmations: set.confirmations ?? DEFAULT_SETTINGS.confirmations,
    alpha: set.alpha ?? DEFAULT_SETTINGS.alpha,
  };
}
