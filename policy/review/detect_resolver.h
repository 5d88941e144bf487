/* Whether this machine has a name server of its own, which Outvet may ask as well. Pure. */
#pragma once

#include "policy/review/detect.h"

/* Fills *setting, a hint for [dns] servers, where resolv.conf (NULL: there is none) names loopback
 * addresses alone, and not systemd-resolved's stub, which only hands questions on. */
gboolean ov_detect_resolver(const char *resolv_conf, OvDetectedSetting *setting);
