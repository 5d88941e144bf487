/* Whether a DKIM signer stands before Outvet or behind it, in Postfix's lists
 * of milters. Pure. */
#pragma once

#include "policy/review/detect.h"

/* What `signing` should be. */
OvDetectedSetting ov_detect_signing(const OvDetectInput *input, OvArena *arena);
