#include "rules/auth/dmarc_walk.h"
#include "rules/auth/show.h"

static guint count_labels(OvSlice name) {
    guint labels = 1;
    for (gsize i = 0; i < name.length; i++)
        labels += name.data[i] == '.';
    return labels;
}

/* The last labels of name. */
static OvSlice last_labels(OvSlice name, guint labels) {
    gsize at = name.length;
    while (at > 0 && (name.data[at - 1] != '.' || --labels > 0))
        at--;
    return (OvSlice){name.data + at, name.length - at};
}

static OvSlice policy_name(OvArena *arena, OvSlice domain) {
    char *name = ov_arena_alloc(arena, sizeof "_dmarc." + domain.length);
    memcpy(name, "_dmarc.", 7);
    memcpy(name + 7, domain.data, domain.length);
    return (OvSlice){name, domain.length + 7};
}

static const OvDnsAnswer *ask(OvArena *arena, OvDnsBook *book, OvSlice domain) {
    return ov_dns_look_up(book, policy_name(arena, domain), OV_DNS_TXT);
}

/* Steps 2 and 6: other records do not count, and of several none does. */
static void choose(OvArena *arena, const OvDnsAnswer *txt, OvDmarcStep *step, const char **fault) {
    guint n = 0;
    const char *name = ov_show(arena, step->name);
    for (guint i = 0; txt->status == OV_DNS_FOUND && i < txt->n_records; i++) {
        OvSlice text = txt->records[i].data;
        if (ov_dmarc_record_is(text)) {
            n++;
            ov_dmarc_record_read(text, &step->record);
        } else if (!**fault && ov_dmarc_record_was_meant(text)) {
            *fault = ov_arena_printf(arena, "the record at _dmarc.%s does not begin with v=DMARC1",
                                     name);
        }
    }
    step->found = n == 1;
    if (n > 1)
        *fault =
            ov_arena_printf(arena, "there are %u records at _dmarc.%s, so none counts", n, name);
    else if (n == 1 && !**fault && step->record.fault.length > 0)
        *fault = ov_arena_printf(arena, "in the record at _dmarc.%s: %s", name,
                                 ov_show(arena, step->record.fault));
}

/* RFC 9989 4.10.2, longest name first. */
static OvSlice select_organisation(const OvDmarcWalk *walk) {
    OvSlice start = walk->steps[0].name, organisation = start;
    for (guint i = 0; i < walk->n_steps; i++) {
        const OvDmarcStep *step = &walk->steps[i];
        if (!step->found)
            continue;
        organisation = step->name;
        if (step->record.psd == 'n')
            return organisation;
        if (step->record.psd == 'y' && i > 0)
            return last_labels(start, count_labels(step->name) + 1);
    }
    return organisation;
}

void ov_dmarc_walk(OvArena *arena, OvDnsBook *book, OvSlice start, OvDmarcWalk *walk) {
    *walk = (OvDmarcWalk){.result = OV_DMARC_RESULT_NONE, .trouble = "", .fault = ""};
    OvSlice targets[OV_DMARC_MAX_WALK] = {start};
    guint n_targets = 1;
    for (guint labels = MIN(count_labels(start), OV_DMARC_MAX_WALK); labels > 1; labels--)
        targets[n_targets++] = last_labels(start, labels - 1);
    /* All at once: the walk waits for the slowest, not for one after the other. */
    for (guint i = 0; i < n_targets; i++)
        ask(arena, book, targets[i]);
    for (guint i = 0; i < n_targets; i++) {
        OvDmarcStep *step = &walk->steps[walk->n_steps++];
        step->name = targets[i];
        const OvDnsAnswer *txt = ask(arena, book, step->name);
        if (txt->status == OV_DNS_PENDING) {
            walk->result = OV_DMARC_RESULT_PENDING;
            return;
        }
        if (txt->status == OV_DNS_FAILED) {
            walk->result = OV_DMARC_RESULT_UNKNOWN;
            walk->trouble = ov_arena_printf(arena, "the DNS gave no answer for _dmarc.%s: %s",
                                            ov_show(arena, step->name), txt->trouble);
            return;
        }
        choose(arena, txt, step, &walk->fault);
        if (step->found && step->record.psd != 'u')
            break;
    }
    walk->organisation = select_organisation(walk);
}
