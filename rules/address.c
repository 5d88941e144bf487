#include "rules/address.h"

#include "rules/address_token.h"
#include "rules/charset.h"
#include "rules/header.h"

enum {
    MAX_LOCAL = 64,
    MAX_TOKENS = 256, /* of one mailbox; what has more is no address */
};

/* One mailbox as it is gathered. */
typedef struct {
    OvToken *tokens; /* MAX_TOKENS of them */
    guint n_tokens;
    guint name_end; /* tokens before <, valid where angle */
    gboolean angle, closed;
    guint faults;
} Gathered;

typedef struct {
    OvArena *arena;
    OvAddressList *list;
    guint capacity;
    gboolean in_group;
    guint group_start; /* mailboxes before the group */
    gboolean element;  /* something stood since the last separator */
    Gathered gathered;
} Parser;

/* A display name for people. */
static OvSlice name_text(OvArena *arena, OvSlice name) {
    const OvField field = {.value = name};
    return name.length > 0 ? ov_slice_trim(ov_field_text(arena, &field)) : name;
}

static gboolean is_atext(char c) {
    return g_ascii_isalnum(c) || (guchar)c >= 0x80 ||
           (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

/* What is wrong with a local part as written. */
static guint check_local(OvSlice written, gboolean quoted) {
    guint faults = 0;
    if (written.length == 0)
        return OV_ADDRESS_EMPTY_LOCAL;
    if (written.length > MAX_LOCAL)
        faults |= OV_ADDRESS_LONG_LOCAL;
    char before = '.';
    for (gsize i = 0; i < written.length; i++) {
        char c = written.data[i];
        gboolean allowed =
            quoted ? (guchar)c >= ' ' && c != 0x7f : is_atext(c) || (c == '.' && before != '.');
        if (!allowed)
            faults |= OV_ADDRESS_BAD_CHARACTER;
        if ((guchar)c >= 0x80)
            faults |= OV_ADDRESS_UTF8_LOCAL;
        before = c;
    }
    if (!quoted && before == '.')
        faults |= OV_ADDRESS_BAD_CHARACTER;
    return faults;
}

/* TRUE where no dot joins two neighbouring tokens. */
static gboolean is_apart(const OvToken *left, const OvToken *right) {
    return left->text.data[left->text.length - 1] != '.' && right->text.data[0] != '.';
}

/* Notes obsolete white space inside local part or domain, and words that nothing joins. first and
 * last get the numbers of the tokens after the first and the last such gap; n_tokens and 0 where
 * all is one. */
static void check_gaps(Parser *parser, OvMailbox *mailbox, const OvToken *tokens, guint n_tokens,
                       guint *first, guint *last) {
    *first = n_tokens;
    *last = 0;
    for (guint i = 1; i < n_tokens; i++) {
        const OvToken *left = &tokens[i - 1], *right = &tokens[i];
        gboolean apart = is_apart(left, right);
        gboolean special = left->kind == OV_TOKEN_SPECIAL || right->kind == OV_TOKEN_SPECIAL;
        gboolean quoted = left->kind == OV_TOKEN_QUOTED || right->kind == OV_TOKEN_QUOTED;
        if (apart && right->spaced) {
            *first = MIN(*first, i);
            *last = i;
        }
        if (apart && (right->spaced || !special))
            mailbox->faults |= OV_ADDRESS_SYNTAX;
        if (!apart && (right->spaced || quoted))
            parser->list->obsolete |= OV_ADDRESS_OBS_LOCAL;
    }
}

static OvSlice valid_utf8(OvArena *arena, OvSlice text, guint *bad) {
    return ov_charset_to_utf8(arena, "utf-8", text, G_MAXSIZE, bad);
}

/* Reads an addr-spec from tokens without comments. */
static void read_address(Parser *parser, OvMailbox *mailbox, const OvToken *tokens,
                         guint n_tokens) {
    OvArena *arena = parser->arena;
    guint at = n_tokens;
    for (guint i = 0; i < n_tokens; i++) {
        if (ov_token_is(&tokens[i], '@')) {
            if (at < n_tokens)
                mailbox->faults |= OV_ADDRESS_BAD_CHARACTER;
            at = i;
        } else if (tokens[i].kind == OV_TOKEN_SPECIAL) {
            mailbox->faults |= OV_ADDRESS_BAD_CHARACTER;
        }
    }
    guint bad;
    if (at == n_tokens) {
        mailbox->faults |= OV_ADDRESS_NO_AT;
        if (n_tokens > 0)
            mailbox->address = valid_utf8(arena, ov_token_join_name(arena, tokens, n_tokens), &bad);
        return;
    }
    const OvToken *domain_tokens = tokens + at + 1;
    guint n_domain = n_tokens - at - 1, n_name, unused;
    check_gaps(parser, mailbox, domain_tokens, n_domain, &n_domain, &unused);
    /* Words before the address, as in `Ann Example ann@example.org`, can only be a name. */
    check_gaps(parser, mailbox, tokens, at, &unused, &n_name);
    if (n_name > 0 && mailbox->name.length == 0)
        mailbox->name = name_text(arena, ov_token_join_name(arena, tokens, n_name));
    tokens += n_name;
    at -= n_name;
    OvSlice written = ov_token_join(arena, tokens, at);
    gboolean quoted = at == 1 && tokens[0].kind == OV_TOKEN_QUOTED;
    guint faults = check_local(written, quoted), domain_faults;
    OvSlice local = quoted ? ov_token_unquote(arena, written) : written;
    if (quoted && local.length == 0)
        faults |= OV_ADDRESS_EMPTY_LOCAL;
    mailbox->local = valid_utf8(arena, local, &bad);
    if (bad > 0)
        faults |= OV_ADDRESS_BAD_CHARACTER;
    OvSlice domain = ov_token_join(arena, domain_tokens, n_domain);
    mailbox->domain = ov_domain_canonical(arena, domain, &domain_faults);
    mailbox->faults |= faults | domain_faults;
    written = valid_utf8(arena, written, &bad);
    char *address = ov_arena_alloc(arena, written.length + mailbox->domain.length + 1);
    mailbox->address = (OvSlice){address, written.length + mailbox->domain.length + 1};
    if (written.length > 0)
        memcpy(address, written.data, written.length);
    address[written.length] = '@';
    if (mailbox->domain.length > 0)
        memcpy(address + written.length + 1, mailbox->domain.data, mailbox->domain.length);
}

/* Passes the route of <@relay,@relay:user@host>. */
static guint route_length(const OvToken *tokens, guint n_tokens) {
    if (n_tokens == 0 || !ov_token_is(&tokens[0], '@'))
        return 0;
    for (guint i = 1; i < n_tokens; i++)
        if (ov_token_is(&tokens[i], ':'))
            return i + 1;
    return 0;
}

/* Takes the comments out; the text of the last one is *comment. */
static guint drop_comments(OvToken *tokens, guint n_tokens, OvSlice *comment) {
    guint kept = 0;
    gboolean spaced = FALSE;
    for (guint i = 0; i < n_tokens; i++) {
        if (tokens[i].kind == OV_TOKEN_COMMENT) {
            *comment = tokens[i].text;
            spaced = TRUE;
            continue;
        }
        tokens[kept] = tokens[i];
        tokens[kept++].spaced |= spaced;
        spaced = FALSE;
    }
    return kept;
}

static void read_mailbox(Parser *parser, OvMailbox *mailbox) {
    Gathered *gathered = &parser->gathered;
    OvArena *arena = parser->arena;
    OvToken *tokens = gathered->tokens;
    guint n_tokens = gathered->n_tokens;
    OvSlice comment = {NULL, 0};
    mailbox->faults |= gathered->faults;
    if (gathered->angle) {
        guint n_name = gathered->name_end;
        for (guint i = 0; i < n_name; i++)
            if (tokens[i].kind == OV_TOKEN_ATOM &&
                memchr(tokens[i].text.data, '.', tokens[i].text.length))
                parser->list->obsolete |= OV_ADDRESS_OBS_PHRASE;
            else if (tokens[i].kind == OV_TOKEN_SPECIAL || tokens[i].kind == OV_TOKEN_LITERAL)
                mailbox->faults |= OV_ADDRESS_SYNTAX;
        if (n_name > 0)
            mailbox->name = name_text(arena, ov_token_join_name(arena, tokens, n_name));
        if (!gathered->closed)
            mailbox->faults |= OV_ADDRESS_SYNTAX;
        tokens += n_name;
        n_tokens = drop_comments(tokens, n_tokens - n_name, &comment);
        guint route = route_length(tokens, n_tokens);
        if (route > 0)
            parser->list->obsolete |= OV_ADDRESS_OBS_ROUTE;
        tokens += route;
        n_tokens -= route;
    } else {
        n_tokens = drop_comments(tokens, n_tokens, &comment);
    }
    read_address(parser, mailbox, tokens, n_tokens);
    if (mailbox->name.length == 0 && comment.length > 0)
        mailbox->name = name_text(arena, ov_token_unquote(arena, comment));
}

static OvMailbox *mailbox_new(Parser *parser) {
    OvAddressList *list = parser->list;
    if (list->n_mailboxes == parser->capacity) {
        guint larger = parser->capacity > 0 ? parser->capacity * 2 : 4;
        OvMailbox *mailboxes = ov_arena_alloc(parser->arena, larger * sizeof *mailboxes);
        if (list->n_mailboxes > 0)
            memcpy(mailboxes, list->mailboxes, list->n_mailboxes * sizeof *mailboxes);
        list->mailboxes = mailboxes;
        parser->capacity = larger;
    }
    OvMailbox *mailbox = &list->mailboxes[list->n_mailboxes++];
    *mailbox = (OvMailbox){.in_group = parser->in_group};
    return mailbox;
}

static void gather_anew(Parser *parser) {
    Gathered *gathered = &parser->gathered;
    gathered->n_tokens = gathered->name_end = gathered->faults = 0;
    gathered->angle = gathered->closed = FALSE;
}

/* Ends what was gathered at a separator or at the end. FALSE when the list is full. */
static gboolean end_mailbox(Parser *parser) {
    Gathered *gathered = &parser->gathered;
    gboolean comments_alone = !gathered->angle;
    for (guint i = 0; i < gathered->n_tokens; i++)
        comments_alone &= gathered->tokens[i].kind == OV_TOKEN_COMMENT;
    if (comments_alone) {
        gather_anew(parser);
        return TRUE;
    }
    if (parser->list->n_mailboxes == OV_ADDRESS_MAX_MAILBOXES) {
        parser->list->too_many = TRUE;
        return FALSE;
    }
    OvMailbox *mailbox = mailbox_new(parser);
    read_mailbox(parser, mailbox);
    parser->list->faults |= mailbox->faults;
    parser->element = TRUE;
    gather_anew(parser);
    return TRUE;
}

static void gather(Parser *parser, const OvToken *token) {
    Gathered *gathered = &parser->gathered;
    if (gathered->closed) {
        if (token->kind != OV_TOKEN_COMMENT)
            gathered->faults |= OV_ADDRESS_SYNTAX;
        return;
    }
    if (ov_token_is(token, '<')) {
        if (gathered->angle)
            gathered->faults |= OV_ADDRESS_SYNTAX;
        gathered->angle = TRUE;
        gathered->name_end = gathered->n_tokens;
    } else if (ov_token_is(token, '>')) {
        if (!gathered->angle)
            gathered->faults |= OV_ADDRESS_SYNTAX;
        gathered->closed = gathered->angle;
    } else if (gathered->n_tokens == MAX_TOKENS) {
        gathered->faults |= OV_ADDRESS_SYNTAX;
    } else {
        gathered->tokens[gathered->n_tokens++] = *token;
    }
}

static gboolean has_at(const Gathered *gathered) {
    for (guint i = 0; i < gathered->n_tokens; i++)
        if (ov_token_is(&gathered->tokens[i], '@'))
            return TRUE;
    return FALSE;
}

/* In the route of <@relay,@relay:user@host> a comma separates nothing. */
static gboolean in_route(const Gathered *gathered) {
    if (!gathered->angle || gathered->closed || gathered->n_tokens == gathered->name_end)
        return FALSE;
    if (!ov_token_is(&gathered->tokens[gathered->name_end], '@'))
        return FALSE;
    return !ov_token_is(&gathered->tokens[gathered->n_tokens - 1], ':');
}

static void start_group(Parser *parser) {
    gather_anew(parser);
    parser->in_group = TRUE;
    parser->element = TRUE;
    parser->group_start = parser->list->n_mailboxes;
    parser->list->n_groups++;
}

static void end_group(Parser *parser) {
    if (!parser->in_group) {
        parser->list->faults |= OV_ADDRESS_SYNTAX;
        return;
    }
    if (parser->list->n_mailboxes == parser->group_start)
        parser->list->n_empty_groups++;
    parser->in_group = FALSE;
    parser->element = TRUE;
}

static void read_list(Parser *parser, OvTokens *tokens) {
    Gathered *gathered = &parser->gathered;
    gboolean separated = FALSE;
    OvToken token;
    while (ov_token_next(tokens, &token)) {
        gboolean comma = ov_token_is(&token, ',') && !in_route(gathered);
        gboolean semicolon = ov_token_is(&token, ';');
        if (!comma && !semicolon) {
            if (ov_token_is(&token, ':') && !gathered->angle && !parser->in_group &&
                !has_at(gathered))
                start_group(parser);
            else
                gather(parser, &token);
            continue;
        }
        if (!end_mailbox(parser))
            return;
        if (comma && !parser->element)
            parser->list->obsolete |= OV_ADDRESS_OBS_ELEMENT;
        separated = comma;
        parser->element = FALSE;
        if (semicolon)
            end_group(parser);
    }
    if (!end_mailbox(parser))
        return;
    if (separated && !parser->element)
        parser->list->obsolete |= OV_ADDRESS_OBS_ELEMENT;
    if (parser->in_group) {
        end_group(parser);
        parser->list->faults |= OV_ADDRESS_SYNTAX;
    }
}

OvAddressList *ov_address_list_parse(OvArena *arena, OvSlice value) {
    OvToken room[MAX_TOKENS];
    Parser parser = {
        .arena = arena,
        .list = OV_ARENA_NEW(arena, OvAddressList, 1),
        .gathered.tokens = room,
    };
    gsize length = MIN(value.length, (gsize)OV_ADDRESS_MAX_OCTETS);
    OvTokens tokens = {.at = value.data, .end = value.data + length};
    read_list(&parser, &tokens);
    if (tokens.no_quote || tokens.no_comment || tokens.no_literal)
        parser.list->faults |= OV_ADDRESS_SYNTAX;
    return parser.list;
}

void ov_address_parse(OvArena *arena, OvSlice address, OvMailbox *mailbox) {
    OvAddressList list = {0};
    OvToken room[MAX_TOKENS];
    Parser parser = {.arena = arena, .list = &list, .gathered.tokens = room};
    OvTokens tokens = {.at = address.data, .end = address.data + address.length};
    OvToken token;
    *mailbox = (OvMailbox){0};
    while (ov_token_next(&tokens, &token)) {
        if (token.kind == OV_TOKEN_COMMENT || parser.gathered.n_tokens == MAX_TOKENS)
            mailbox->faults |= OV_ADDRESS_SYNTAX;
        else
            parser.gathered.tokens[parser.gathered.n_tokens++] = token;
    }
    read_address(&parser, mailbox, parser.gathered.tokens, parser.gathered.n_tokens);
    if (list.obsolete & OV_ADDRESS_OBS_LOCAL)
        mailbox->faults |= OV_ADDRESS_SYNTAX;
}
