#include "policy/review/operator.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

char *ov_operator_name(void) {
    const char *behind = getenv("SUDO_USER");
    if (geteuid() == 0 && behind && behind[0] && getpwnam(behind))
        return g_strdup(behind);
    const struct passwd *user = getpwuid(getuid());
    return user ? g_strdup(user->pw_name) : g_strdup_printf("uid %u", (guint)getuid());
}
