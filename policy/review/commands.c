/* The table of commands: main, --help, the manual page and the completion's test go by it. */
#include "policy/review/command.h"

static const OvOption check_options[] = {
    {"facts", NULL, "show every measured fact, too"},
    {"html", NULL, "print a page for a browser; one message only"},
    {"no-dns", NULL, "ask no name server; what the DNS would tell is unknown"},
    {"date", "TIME", "judge as at this RFC 3339 time, or `message` for each message's own Date"},
    {"login", "NAME", "SASL login that sent the messages"},
    {"sender", "ADDRESS", "envelope sender, else Return-Path or From; \"\" is the null sender"},
    {"recipient", "ADDRESS", "envelope recipient, else To and Cc; may be repeated"},
    {"history", NULL, "ask the ledger what mail of the last days was like, as outvetd does"},
    {"egress", "IP", "address from which the messages will leave; may be repeated"},
    {"client", "IP", "address of the client that sent the messages"},
    {NULL, NULL, NULL},
};

static const OvOption held_list_options[] = {
    {"account", "NAME", "only this account's messages"},
    {NULL, NULL, NULL},
};

static const OvOption held_release_options[] = {
    {"account", "NAME", "all messages held from this account"},
    {"all", NULL, "all messages that Outvet holds"},
    {"requeue", NULL, "queue anew, with a full lifetime (postsuper -r), when held for days"},
    {NULL, NULL, NULL},
};

static const OvOption held_delete_options[] = {
    {"account", "NAME", "all messages held from this account"},
    {"all", NULL, "all messages that Outvet holds"},
    {"yes", NULL, "do not ask"},
    {NULL, NULL, NULL},
};

static const OvOption trace_options[] = {
    {"ids", "FILE", "a list of Message-IDs, or the provider's alert; - for stdin"},
    {"logs", "FILE...", "old logs of the MTA in which to look for what the ledger does not know"},
    {NULL, NULL, NULL},
};

static const OvOption delivery_summary_options[] = {
    {"since", "TIME", "of messages since this day or RFC 3339 time, else of the last 24 hours"},
    {"blocked", NULL, "only refusals that say blocked, listed, spam or too much"},
    {NULL, NULL, NULL},
};

static const OvOption delivery_import_options[] = {
    {"node", "NAME", "the machine that wrote the logs, else this one"},
    {NULL, NULL, NULL},
};

static const OvOption suppress_add_options[] = {
    {"sender", "DOMAIN", "only mailings of this organisational domain, else of all"},
    {"since", "TIME", "since this day or RFC 3339 time, else now"},
    {NULL, NULL, NULL},
};

static const OvOption suppress_options[] = {
    {"sender", "DOMAIN", "only mailings of this organisational domain, else of all"},
    {NULL, NULL, NULL},
};

static const OvOption suspend_options[] = {
    {"reason", "TEXT", "why: who sends is told it, and the ledger keeps it"},
    {"for", "TIME", "for so long: 30m, 2h, 7d; else until it is resumed"},
    {"until", "TIME", "until this day or RFC 3339 time"},
    {"answer", "WORD", "hold, defer or reject, else as [suspension] answer says"},
    {"queue", NULL, "put on hold what it has in the MTA's queue"},
    {NULL, NULL, NULL},
};

static const OvOption resume_options[] = {
    {"reason", "TEXT", "why, for the ledger"},
    {NULL, NULL, NULL},
};

static const OvOption suspensions_options[] = {
    {"all", NULL, "every change that is recorded, too"},
    {NULL, NULL, NULL},
};

static const OvOption announce_options[] = {
    {"recipients", "N", "how many the mailing has"},
    {"messages", "N", "in so many messages at most, else in as many as it has recipients"},
    {"until", "TIME", "until this day or RFC 3339 time"},
    {"for", "TIME", "for so long: 30m, 2h, 7d"},
    {"reason", "TEXT", "why, for the ledger"},
    {"end", NULL, "it is over before its time"},
    {"easing", NULL, "with --end: end what an incident left the subject to send slowly by"},
    {NULL, NULL, NULL},
};

static const OvOption announcements_options[] = {
    {"all", NULL, "every change that is recorded, too"},
    {NULL, NULL, NULL},
};

static const OvOption incident_list_options[] = {
    {"all", NULL, "those that are closed, too"},
    {"address", "IP", "only those of this address"},
    {NULL, NULL, NULL},
};

static const OvOption incident_import_options[] = {
    {"address", "IP", "the blocked address, where it is not told"},
    {"logs", "FILE...", "old logs of the MTA in which to look for what the ledger does not know"},
    {NULL, NULL, NULL},
};

static const OvOption incident_mark_options[] = {
    {"as", "TEXT", "what they are, by your name: a newsletter, of another server, ..."},
    {"unknown", NULL, "all that nobody explained"},
    {"account", "NAME", "all of this account: its mail was no spam"},
    {NULL, NULL, NULL},
};

static const OvOption incident_unblock_options[] = {
    {"reason", "TEXT", "what was mended, for the ledger"},
    {"force", NULL, "whatever stands in the way; asks for the incident's number"},
    {"no-wait", NULL, "do not follow what becomes of it"},
    {NULL, NULL, NULL},
};

static const OvOption incident_close_options[] = {
    {"reason", "TEXT", "why, for the ledger"},
    {NULL, NULL, NULL},
};

static const OvOption incident_sample_options[] = {
    {"message", "ID", "only the message with this Message-ID or Outvet id"},
    {"dns", NULL, "ask the name servers for the reports; else what the DNS would tell is unknown"},
    {NULL, NULL, NULL},
};

static const OvOption feedback_list_options[] = {
    {"account", "NAME", "only those about this account's mail"},
    {"since", "TIME", "recorded since this day or RFC 3339 time, else in the last 30 days"},
    {NULL, NULL, NULL},
};

static const OvOption compliance_options[] = {
    {"days", "N", "of the last N days, today counted, else of 7"},
    {NULL, NULL, NULL},
};

static const OvOption dns_options[] = {
    {"selector", "NAME", "of a DKIM key, else common ones are tried; may be repeated"},
    {NULL, NULL, NULL},
};

static const OvOption config_detect_options[] = {
    {"postfix-config", "DIRECTORY", "of Postfix's main.cf, else that of [mta]"},
    {NULL, NULL, NULL},
};

static const OvOption config_show_options[] = {
    {"all", NULL, "those that stand at their default, too"},
    {NULL, NULL, NULL},
};

static const OvOption top_options[] = {
    {"of", "KIND", "account, sender_domain, script, client, egress or provider, else account"},
    {"by", "ORDER", "rate, score, held or bounced, else rate"},
    {NULL, NULL, NULL},
};

static const OvOption provider_login_options[] = {
    {"endpoint", "NAME", "of the API, where the credentials' file names none: ovh-eu, ovh-ca ..."},
    {NULL, NULL, NULL},
};

static const OvOption provider_networks_options[] = {
    {"type", "TYPE", "of services of that type alone: failover, vps, dedicated ..."},
    {NULL, NULL, NULL},
};

static const OvOption provider_blocks_options[] = {
    {"past", NULL, "those that were blocked once and are free now, too"},
    {NULL, NULL, NULL},
};

static const OvOption provider_report_options[] = {
    {"since", "TIME", "of messages since this day or RFC 3339 time, else of the last 30 days"},
    {NULL, NULL, NULL},
};

const OvCommand ov_commands[] = {
    {"check", "PATH...", 1, G_MAXUINT, "judge messages in files, directories, mboxes or - (stdin)",
     check_options, ov_command_check},
    {"held list", "", 0, 0, "list the messages in the MTA's hold queue, with score and reasons",
     held_list_options, ov_command_held_list},
    {"held show", "ID", 1, 1, "show a held message and what the ledger knows of it", NULL,
     ov_command_held_show},
    {"held why", "ID", 1, 1, "explain why a message is held, in words for its sender", NULL,
     ov_command_held_why},
    {"held release", "[ID...]", 0, G_MAXUINT, "let held messages go", held_release_options,
     ov_command_held_release},
    {"held delete", "[ID...]", 0, G_MAXUINT, "delete held messages", held_delete_options,
     ov_command_held_delete},
    {"account", "NAME", 1, 1, "what an account sent, what its plan allows, its last messages", NULL,
     ov_command_account},
    {"top", "", 0, 0, "who sends most now; a live screen on a terminal", top_options,
     ov_command_top},
    {"trace", "[ID...]", 0, G_MAXUINT,
     "everything known of a Message-ID, queue id or Outvet id, also from old logs", trace_options,
     ov_command_trace},
    {"delivery summary", "", 0, 0, "count what became of messages, by transport, domain and reason",
     delivery_summary_options, ov_command_delivery_summary},
    {"delivery import", "FILE...", 1, G_MAXUINT,
     "record what became of messages from old logs of the MTA, also .gz and .xz, - for stdin",
     delivery_import_options, ov_command_delivery_import},
    {"suspend", "WHAT...", 1, G_MAXUINT,
     "keep an account, sender_domain:, script:, client:, egress:, provider: or everything from "
     "sending",
     suspend_options, ov_command_suspend},
    {"resume", "WHAT...", 1, G_MAXUINT, "let it send again, and release what suspend --queue held",
     resume_options, ov_command_resume},
    {"suspensions", "[WHAT]", 0, 1, "list who is kept from sending, until when and why",
     suspensions_options, ov_command_suspensions},
    {"announce", "WHAT...", 1, G_MAXUINT,
     "let a mailing of an account, sender_domain:, script:, client:, egress: or provider: pass its "
     "plan",
     announce_options, ov_command_announce},
    {"announcements", "[WHAT]", 0, 1, "list who may send more, or less, than the plans say",
     announcements_options, ov_command_announcements},
    {"incident list", "", 0, 0, "list the provider's blocks that are not over",
     incident_list_options, ov_command_incident_list},
    {"incident show", "NUMBER", 1, 1, "show an incident: who sent it, and what was done", NULL,
     ov_command_incident_show},
    {"incident import", "FILE", 1, 1,
     "take the provider's mail about a block, or a list of Message-IDs, - for stdin",
     incident_import_options, ov_command_incident_import},
    {"incident logs", "NUMBER FILE...", 2, G_MAXUINT,
     "look in old logs of the MTA for what the ledger does not know, also .gz and .xz", NULL,
     ov_command_incident_logs},
    {"incident explain", "NUMBER", 1, 1, "what to do about it, step by step", NULL,
     ov_command_incident_explain},
    {"incident note", "NUMBER TEXT", 2, 2, "add a note to an incident", NULL,
     ov_command_incident_note},
    {"incident mark", "NUMBER [MESSAGE-ID...]", 1, G_MAXUINT,
     "answer for messages that the provider names", incident_mark_options,
     ov_command_incident_mark},
    {"incident unblock", "NUMBER", 1, 1,
     "ask the provider for the unblock, once nothing stands in its way", incident_unblock_options,
     ov_command_incident_unblock},
    {"incident close", "NUMBER", 1, 1, "close one that no API tells of", incident_close_options,
     ov_command_incident_close},
    {"incident sample", "NUMBER DIRECTORY", 2, 2,
     "export the messages that the provider named, each with a report, for its support",
     incident_sample_options, ov_command_incident_sample},
    {"suppress add", "ADDRESS...", 1, G_MAXUINT, "record that somebody wants no more mailings",
     suppress_add_options, ov_command_suppress_add},
    {"suppress remove", "ADDRESS...", 1, G_MAXUINT, "record that mailings are wanted again",
     suppress_options, ov_command_suppress_remove},
    {"suppress list", "[ADDRESS]", 0, 1, "list who wants no more mailings, or ask of one address",
     NULL, ov_command_suppress_list},
    {"suppress import", "FILE", 1, 1,
     "record a file of `ADDRESS [TIME [SENDER]]` lines, - for stdin", suppress_options,
     ov_command_suppress_import},
    {"feedback import", "PATH...", 1, G_MAXUINT,
     "take reports of feedback loops in, - for one on stdin, and suppress who complained", NULL,
     ov_command_feedback_import},
    {"feedback list", "", 0, 0, "list the complaints that were taken in", feedback_list_options,
     ov_command_feedback_list},
    {"compliance", "[DOMAIN]", 0, 1,
     "how mail meets what Gmail, Yahoo and Microsoft ask of senders", compliance_options,
     ov_command_compliance},
    {"dns", "[NAME...]", 0, G_MAXUINT,
     "what is wrong with a domain or an egress address in the DNS, and what to publish",
     dns_options, ov_command_dns},
    {"provider check", "", 0, 0, "whether the hosting provider can be asked, and what is missing",
     NULL, ov_command_provider_check},
    {"provider login", "", 0, 0, "get a consumer key of OVH's API, with the least rights",
     provider_login_options, ov_command_provider_login},
    {"provider networks", "", 0, 0, "list our networks, as the provider has them",
     provider_networks_options, ov_command_provider_networks},
    {"provider blocks", "", 0, 0, "list the addresses that the provider blocks for spam",
     provider_blocks_options, ov_command_provider_blocks},
    {"provider report", "", 0, 0, "what the provider took for spam and our rules let through",
     provider_report_options, ov_command_provider_report},
    {"alert test", "", 0, 0, "have outvetd send a test alert over every channel", NULL,
     ov_command_alert_test},
    {"rules list", "", 0, 0, "list the rules in force", NULL, ov_command_rules_list},
    {"rules show", "NAME", 1, 1, "show one rule and where it stands", NULL, ov_command_rules_show},
    {"rules facts", "", 0, 0, "list the facts that rules may use", NULL, ov_command_rules_facts},
    {"rules check", "[DIRECTORY...]", 0, G_MAXUINT, "check rules and phrase lists", NULL,
     ov_command_rules_check},
    {"config show", "", 0, 0, "show the settings in force and where each comes from",
     config_show_options, ov_command_config_show},
    {"config check", "[FILE]", 0, 1, "check a settings file and the rules it names", NULL,
     ov_command_config_check},
    {"config detect", "", 0, 0, "the [egress] sections that Postfix's settings call for",
     config_detect_options, ov_command_config_detect},
    {"config reload", "", 0, 0, "have outvetd read settings and rules anew", NULL,
     ov_command_config_reload},
    {"status", "", 0, 0, "how outvetd is doing", NULL, ov_command_status},
    {NULL, NULL, 0, 0, NULL, NULL, NULL},
};
