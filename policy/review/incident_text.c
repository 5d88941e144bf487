/* An incident as people read it. */
#include "policy/review/incident_view.h"
#include "policy/review/json.h"
#include "policy/review/output.h"

#include <string.h>

static void append_safe(GString *out, const char *text) {
    ov_safe_append(out, text ? text : "", -1, FALSE);
}

static void append_title(GString *out, const OvIncidentView *view, gboolean colour) {
    const OvIncident *incident = view->incident;
    g_autofree char *state = ov_incident_state_text(incident, view->now);
    g_autofree char *since = ov_time_for_people(incident->since);
    g_autoptr(GString) title = g_string_new(NULL);
    g_string_append_printf(title, "Incident %" G_GINT64_FORMAT ": ", incident->id);
    append_safe(title, incident->address);
    ov_paint(out, colour, OV_PAINT_BOLD, title->str);
    g_string_append_printf(out, ", blocked for spam by ");
    append_safe(out, incident->hosting);
    g_string_append_printf(out, " since %s\n", since);
    ov_paint(out, colour,
             incident->phase == OV_INCIDENT_CLOSED   ? OV_PAINT_GOOD
             : incident->phase == OV_INCIDENT_EASING ? OV_PAINT_WARN
                                                     : OV_PAINT_BAD,
             ov_incident_phase_name(incident->phase));
    g_string_append_printf(out, "; the provider's state: %s\n", state);
    if (incident->total >= 0)
        g_string_append_printf(out,
                               "It saw %" G_GINT64_FORMAT " messages, of them %" G_GINT64_FORMAT
                               " spam, mean score %" G_GINT64_FORMAT "\n",
                               incident->total, incident->spams, incident->average);
}

static void append_others(GString *out, const OvIncidentView *view) {
    for (guint i = 0; i < view->n_others; i++) {
        const OvIncident *other = &view->others[i];
        g_autofree char *since = ov_time_for_people(other->since);
        g_string_append_printf(out, "  before: incident %" G_GINT64_FORMAT ", %s", other->id,
                               since);
        if (other->duration > 0)
            g_string_append_printf(out, ", for %" G_GINT64_FORMAT " s", other->duration);
        g_string_append_c(out, '\n');
    }
}

static void append_deeds(GString *out, const char *when, const OvCulpritDeeds *deeds) {
    g_string_append_printf(out, "     %s: %u message%s to %u recipient%s", when, deeds->messages,
                           deeds->messages == 1 ? "" : "s", deeds->recipients,
                           deeds->recipients == 1 ? "" : "s");
    if (deeds->messages > 0)
        g_string_append_printf(out,
                               ", mean score %.1f, %u held or refused, %u bounced, %u deferred, "
                               "%u complaint%s",
                               deeds->score, deeds->held, deeds->bounced, deeds->deferred,
                               deeds->complaints, deeds->complaints == 1 ? "" : "s");
    g_string_append_c(out, '\n');
}

static gboolean is_suspended(const OvSuspect *suspect, gint64 now) {
    return suspect->suspension && !suspect->suspension->ended && suspect->suspension->until > now;
}

static void append_suspect_name(GString *out, const OvSuspect *suspect) {
    g_string_append_printf(out, "   %" G_GINT64_FORMAT " of ", suspect->culprit->detections);
    if (!*suspect->culprit->account) {
        g_string_append(out, "nobody known\n");
        return;
    }
    g_string_append(out, "account ");
    append_safe(out, suspect->culprit->account);
    if (suspect->script && *suspect->script && g_strcmp0(suspect->source, "script") == 0) {
        g_string_append(out, ", script ");
        append_safe(out, suspect->script);
    }
    if (suspect->clients) {
        g_string_append(out, ", from ");
        append_safe(out, suspect->clients);
    }
    g_string_append_c(out, '\n');
}

/* What the provider took for spam, and what we thought of it. */
static void append_spam(GString *out, const OvSuspect *suspect) {
    enum { SHOWN = 3 };
    for (guint i = 0; i < MIN(suspect->n_spam, SHOWN); i++) {
        const OvLedgerRecord *record = suspect->spam[i];
        g_autofree char *time = ov_time_for_people(record->time);
        g_string_append_printf(out, "     %s ", time);
        append_safe(out, record->queue_id);
        g_string_append_printf(out, " score %.1f, %s, to %u: ", record->score, record->verdict,
                               record->n_recipients);
        append_safe(out, record->subject);
        for (guint j = 0; j < MIN(record->n_hits, 4); j++)
            g_string_append_printf(out, "%s%s", j == 0 ? "\n       " : ", ", record->hits[j].rule);
        g_string_append_c(out, '\n');
    }
}

static void append_suspects(GString *out, const OvIncidentView *view, gboolean whole) {
    for (guint i = 0; i < view->n_suspects; i++) {
        const OvSuspect *suspect = &view->suspects[i];
        append_suspect_name(out, suspect);
        if (!*suspect->culprit->account)
            continue;
        if (!suspect->blamed)
            g_string_append(out, "     too few to be the cause: look at them as false positives\n");
        append_deeds(out, "the day before", &suspect->before);
        append_deeds(out, "since then", &suspect->after);
        if (whole)
            append_spam(out, suspect);
    }
}

/* --- the guide's steps --- */

static void append_step(GString *out, gboolean colour, guint number, const char *title,
                        gboolean done) {
    g_string_append_printf(out, "\n%u. ", number);
    ov_paint(out, colour, OV_PAINT_BOLD, title);
    g_string_append(out, "  ");
    ov_paint(out, colour, done ? OV_PAINT_GOOD : OV_PAINT_BAD, done ? "done" : "to do");
    g_string_append_c(out, '\n');
}

static gboolean has_obstacle(const OvIncidentView *view, OvObstacleKind kind) {
    for (guint i = 0; i < view->n_obstacles; i++)
        if (view->obstacles[i].kind == kind)
            return TRUE;
    return FALSE;
}

static void append_obstacles(GString *out, const OvIncidentView *view, OvObstacleKind kind) {
    for (guint i = 0; i < view->n_obstacles; i++) {
        const OvObstacle *obstacle = &view->obstacles[i];
        if (obstacle->kind != kind)
            continue;
        g_string_append(out, "   ");
        append_safe(out, obstacle->text);
        g_string_append_c(out, '\n');
        if (obstacle->command) {
            g_string_append(out, "     ");
            append_safe(out, obstacle->command);
            g_string_append_c(out, '\n');
        }
    }
}

void ov_suspended_since_append(GString *out, const OvSuspensionRow *suspension) {
    g_autofree char *time = ov_time_for_people(suspension->time);
    append_safe(out, suspension->subject);
    g_string_append_printf(out, " is suspended since %s by ", time);
    append_safe(out, suspension->operator_name);
    g_string_append_c(out, '\n');
}

static void append_stopped(GString *out, const OvIncidentView *view) {
    for (guint i = 0; i < view->n_suspects; i++) {
        const OvSuspect *suspect = &view->suspects[i];
        if (!is_suspended(suspect, view->now))
            continue;
        g_string_append(out, "   ");
        ov_suspended_since_append(out, suspect->suspension);
    }
}

static void append_nodes(GString *out, const OvIncidentView *view) {
    for (guint i = 0; i < view->n_nodes; i++) {
        const OvNodeReport *node = &view->nodes[i];
        g_autofree char *time = ov_time_for_people(node->looked);
        if (node->looked == 0)
            continue;
        g_string_append(out, "   ");
        append_safe(out, node->node);
        g_string_append_printf(out, ": looked through at %s, %" G_GINT64_FORMAT " still moving\n",
                               time, node->moving);
    }
    g_string_append(out, "   What is on hold:\n");
    for (guint i = 0; i < view->n_suspects; i++) {
        if (!*view->suspects[i].culprit->account || !view->suspects[i].blamed)
            continue;
        g_autofree char *quoted = g_shell_quote(view->suspects[i].culprit->account);
        g_string_append(out, "     outvet held list --account ");
        append_safe(out, quoted);
        g_string_append_c(out, '\n');
    }
    g_string_append(out, "     then outvet held release ID or outvet held delete ID\n");
}

static const char *remedy(const OvSuspect *suspect) {
    if (g_strcmp0(suspect->source, "login") == 0)
        return "A password was stolen, or its owner sends what others do not want: change the "
               "password, end its sessions, look at the addresses that it came from, and talk to "
               "its owner.";
    if (g_strcmp0(suspect->source, "script") == 0)
        return "A web form or a script on this machine is abused: look at the script and at the "
               "access log of its site, update or remove it, and give the form a check against "
               "robots.";
    return "Whoever may send without a login does: find out which program or host it is by the "
           "client address, and require a login of it.";
}

static void append_remedies(GString *out, const OvIncidentView *view) {
    for (guint i = 0; i < view->n_suspects; i++) {
        const OvSuspect *suspect = &view->suspects[i];
        if (!*suspect->culprit->account || !suspect->blamed)
            continue;
        g_string_append(out, "   ");
        append_safe(out, suspect->culprit->account);
        g_string_append(out, ":\n");
        ov_wrap_append(out, remedy(suspect), 5, 90);
        g_string_append(out, "     outvet account ");
        append_safe(out, suspect->culprit->account);
        g_string_append_c(out, '\n');
    }
    g_string_append_printf(out,
                           "   If the provider is wrong: outvet incident sample %" G_GINT64_FORMAT
                           " DIRECTORY gives what its support wants.\n",
                           view->incident->id);
}

static void append_last_step(GString *out, const OvIncidentView *view, gboolean colour) {
    const OvIncident *incident = view->incident;
    gboolean asked = incident->phase != OV_INCIDENT_OPEN;
    append_step(out, colour, 5, "Unblock (guide G30, G31)", asked);
    if (asked) {
        g_string_append_printf(out, "   %s: outvet incident show %" G_GINT64_FORMAT "\n",
                               ov_incident_phase_name(incident->phase), incident->id);
        return;
    }
    if (view->n_obstacles > 0)
        g_string_append(out, "   Not yet: what is told above comes first.\n");
    else
        g_string_append_printf(
            out, "   Nothing stands in the way: outvet incident unblock %" G_GINT64_FORMAT "\n",
            incident->id);
    g_string_append(out, "   An address that is unblocked while spam still leaves is blocked again "
                         "at once, and for longer.\n");
    append_others(out, view);
}

void ov_incident_explain_append(GString *out, const OvIncidentView *view, gboolean colour) {
    append_title(out, view, colour);
    append_step(out, colour, 1, "Stop sending (guide G1)",
                !has_obstacle(view, OV_OBSTACLE_SENDING) && !has_obstacle(view, OV_OBSTACLE_NODE));
    append_stopped(out, view);
    append_obstacles(out, view, OV_OBSTACLE_SENDING);
    append_obstacles(out, view, OV_OBSTACLE_NODE);
    append_step(out, colour, 2, "Look through the queue (guide G2)",
                !has_obstacle(view, OV_OBSTACLE_QUEUE) &&
                    !has_obstacle(view, OV_OBSTACLE_DELIVERED));
    append_obstacles(out, view, OV_OBSTACLE_QUEUE);
    append_obstacles(out, view, OV_OBSTACLE_DELIVERED);
    append_nodes(out, view);
    append_step(out, colour, 3, "Explain the messages (guide G3)",
                !has_obstacle(view, OV_OBSTACLE_UNEXPLAINED));
    append_suspects(out, view, TRUE);
    append_obstacles(out, view, OV_OBSTACLE_UNEXPLAINED);
    g_string_append(out, "\n4. ");
    ov_paint(out, colour, OV_PAINT_BOLD, "Mend the cause (guide G4)");
    g_string_append_c(out, '\n');
    append_remedies(out, view);
    append_last_step(out, view, colour);
}

/* --- facts and timeline --- */

static void append_events(GString *out, const OvIncidentView *view) {
    g_string_append(out, "\nWhat happened:\n");
    for (guint i = 0; i < view->n_events; i++) {
        const OvIncidentEvent *event = &view->events[i];
        g_autofree char *time = ov_time_for_people(event->time);
        g_string_append_printf(out, "  %s  %s", time, event->kind);
        if (*event->operator_name) {
            g_string_append(out, " by ");
            append_safe(out, event->operator_name);
        }
        if (*event->text)
            g_string_append(out, ": ");
        append_safe(out, event->text);
        g_string_append_c(out, '\n');
    }
}

void ov_incident_view_append(GString *out, const OvIncidentView *view, gboolean colour) {
    append_title(out, view, colour);
    append_others(out, view);
    g_string_append_printf(
        out, "\n%" G_GINT64_FORMAT " messages named, %" G_GINT64_FORMAT " explained:\n",
        view->incident->detections, view->incident->explained);
    append_suspects(out, view, FALSE);
    append_events(out, view);
    if (view->n_obstacles > 0)
        g_string_append(out, "\nIn the way of the unblock:\n");
    for (guint kind = 0; kind <= OV_OBSTACLE_UNEXPLAINED; kind++)
        append_obstacles(out, view, (OvObstacleKind)kind);
}
