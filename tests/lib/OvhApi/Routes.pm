# The routes of the stand-in of the OVH API: which there are, what their parameters must be, what
# they answer. Each is called after every check of who calls; it refuses in the order parameters,
# object, service, business.
package OvhApi::Routes;

use v5.32;
use warnings;
use JSON::PP ();
use OvhApi::World;
use Socket qw(inet_pton AF_INET6);
use Time::Local qw(timegm_modern);

my %ip_types = map { $_ => 1 } qw(cdn cloud dedicated failover hosted_ssl housing loadBalancing mail overthebox pcc pci
    private vpn vps vrack xdsl);
my %spam_states = map { $_ => 1 } qw(blockedForSpam unblocked unblocking);
my ($true, $false) = (JSON::PP::true(), JSON::PP::false());

# Type => sub that tells whether a text is of it.
my %types = (
    ipBlock => sub { is_block($_[0]) },
    ip => sub { OvhApi::World::is_ipv4($_[0]) || defined inet_pton(AF_INET6, $_[0]) },
    ipv4 => sub { OvhApi::World::is_ipv4($_[0]) },
    datetime => sub { defined seconds_of($_[0]) },
    long => sub { $_[0] =~ /^-?\d{1,18}$/ },
    boolean => sub { $_[0] =~ /^(?:true|false)$/ },
    string => sub {1},
    'ip.IpTypeEnum' => sub { $ip_types{ $_[0] } },
    'ip.IpVersionEnum' => sub { $_[0] =~ /^[46]$/ },
    'ip.SpamStateEnum' => sub { $spam_states{ $_[0] } },
);

# Method, path, then: unsigned, IAM's action, query (name => type, with ! where required), path
# parameters (name => type), and the function.
my @routes = (
    {method => 'GET', path => '/auth/time', unsigned => 1, do => \&auth_time},
    {method => 'POST', path => '/auth/credential', unsigned => 1, do => \&auth_credential},
    {method => 'GET', path => '/auth/currentCredential', do => \&current_credential},
    {method => 'GET', path => '/auth/details', do => \&auth_details},
    {method => 'POST', path => '/auth/logout', do => \&auth_logout},
    {method => 'GET', path => '/ip', action => 'ip:apiovh:get', do => \&list_networks,
        query => {type => 'ip.IpTypeEnum', ip => 'ipBlock', version => 'ip.IpVersionEnum', description => 'string',
            campus => 'string', isAdditionalIp => 'boolean', 'routedTo.serviceName' => 'string'}},
    {method => 'GET', path => '/ip/{ip}', action => 'ip:apiovh:get', do => \&show_network},
    {method => 'GET', path => '/ip/{ip}/spam', action => 'ip:apiovh:spam/get', do => \&list_spam,
        query => {state => 'ip.SpamStateEnum'}},
    {method => 'GET', path => '/ip/{ip}/spam/{ipSpamming}', action => 'ip:apiovh:spam/get', do => \&show_spam},
    {method => 'GET', path => '/ip/{ip}/spam/{ipSpamming}/stats', action => 'ip:apiovh:spam/stats/get',
        do => \&show_stats, query => {from => 'datetime!', to => 'datetime!'}},
    {method => 'POST', path => '/ip/{ip}/spam/{ipSpamming}/unblock', action => 'ip:apiovh:spam/unblock', do => \&unblock},
    {method => 'GET', path => '/me/notification/email/history',
        action => 'account:apiovh:me/notification/email/history/get',
        do => \&list_mails},
    {method => 'GET', path => '/me/notification/email/history/{id}',
        action => 'account:apiovh:me/notification/email/history/get', do => \&show_mail},
);
my %path_types = (ip => 'ipBlock', ipSpamming => 'ipv4', id => 'long');

sub new {
    my ($class, $world, $access) = @_;
    return bless {world => $world, access => $access, extra => []}, $class;
}

# A route for tests of the checks before it: whole path with version, as it is sent; answers null.
sub add {
    my ($self, $method, $path) = @_;
    push @{ $self->{extra} }, {method => $method, whole => $path, do => sub { return (200, undef) }};
    return;
}

sub clear { $_[0]{extra} = []; return }

# The route that a request means, or nothing; the request gets path (without version and query),
# query and words (the path's parameters). A slash in a parameter must come as %2F.
sub find {
    my ($self, $request) = @_;
    ($request->{target} =~ /^([^?#]*)(?:\?(.*))?$/s) or return;
    my ($whole, $query) = ($1, $2);
    for my $route (@{ $self->{extra} }) {
        next if $route->{method} ne $request->{method} || $route->{whole} ne $whole;
        @$request{qw(path query_text)} = ($whole =~ s{^/[^/]+}{}r, undef);
        return $route;
    }
    my ($path) = $whole =~ m{^/(?:1\.0|v1)(/.*)$} or return;
    @$request{qw(path query_text)} = ($path, $query);
    my @sent = split m{/}, $path, -1;
    ROUTE: for my $route (@routes) {
        next if $route->{method} ne $request->{method};
        my @wanted = split m{/}, $route->{path}, -1;
        next if @wanted != @sent;
        my %words;
        for my $i (0 .. $#wanted) {
            if (my ($name) = $wanted[$i] =~ /^\{(\w+)\}$/) {
                next ROUTE if $sent[$i] eq '';
                $words{$name} = decoded($sent[$i]);
            } elsif ($wanted[$i] ne $sent[$i]) {
                next ROUTE;
            }
        }
        $request->{words} = \%words;
        return $route;
    }
    return;
}

sub decoded { my ($text) = @_; return $text =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ger }

# Of a query or a form: a + is a blank. Names that come twice: undef.
sub form {
    my ($text) = @_;
    my %form;
    for my $pair (grep {length} split /&/, $text // '') {
        my ($name, $value) = map { decoded(tr/+/ /r) } split(/=/, $pair, 2), '';
        return if exists $form{$name};
        $form{$name} = $value;
    }
    return \%form;
}

sub is_block {
    my ($text) = @_;
    my ($address, $bits) = $text =~ m{^([0-9A-Fa-f:.]+)(?:/(\d{1,3}))?$} or return 0;
    return ($bits // 32) <= 32 if OvhApi::World::is_ipv4($address);
    return defined inet_pton(AF_INET6, $address) && ($bits // 128) <= 128;
}

# Seconds since the epoch of an RFC 3339 time, or nothing.
sub seconds_of {
    my ($text) = @_;
    my ($year, $month, $day, $hour, $minute, $second, $zone)
        = $text =~ /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)$/ or return;
    my $seconds = eval { timegm_modern($second, $minute, $hour, $day, $month - 1, $year) } // return;
    my ($sign, $hours, $minutes) = $zone =~ /^([+-])(\d\d):(\d\d)$/;
    return $sign ? $seconds - ($hours * 60 + $minutes) * 60 * ($sign eq '-' ? -1 : 1) : $seconds;
}

# Refusal of a parameter that is missing, unknown or not of its type; the request gets query.
sub check_parameters {
    my ($self, $route, $request) = @_;
    for my $name (sort keys %{ $request->{words} }) {
        my $type = $path_types{$name};
        return wrong_parameter($name, $request->{words}{$name}, $type) unless $types{$type}->($request->{words}{$name});
    }
    return if $route->{whole};
    my $query = form($request->{query_text}) or return ['parameters', 400, undef, 'A parameter is given twice'];
    $request->{query} = $query;
    my %wanted = %{ $route->{query} // {} };
    for my $name (sort keys %$query) {
        my $type = ($wanted{$name} // return ['parameters', 400, undef, "[$name] Unknown parameter"]) =~ s/!$//r;
        return wrong_parameter($name, $query->{$name}, $type) unless $types{$type}->($query->{$name});
    }
    for my $name (sort grep { $wanted{$_} =~ /!$/ } keys %wanted) {
        return ['parameters', 400, undef, "[$name] Missing parameter"] unless exists $query->{$name};
    }
    return if $request->{method} eq 'GET' || $request->{body} eq '';
    # The API takes no \/ for a slash.
    $request->{json} = eval { JSON::PP->new->decode($request->{body}) };
    return ['parameters', 400, undef, $self->{world}->knob('errors') eq 'old' ? 'Invalid JSON received'
            : "The input that you provided isn't valid JSON or not well formatted"]
        if ref $request->{json} ne 'HASH' || $request->{body} =~ m{\\/}
        || ($request->{header}{'content-type'} // '') !~ m{^application/json\s*(?:;|$)}i;
    return;
}

sub wrong_parameter {
    my ($name, $value, $type) = @_;
    return ['parameters', 400, undef, "[$name] Given data ($value) is not valid for type $type"];
}

# Each of the following gives (status, value), or a refusal.
sub auth_time { my ($self) = @_; return (200, $self->{world}->auth_now) }

sub auth_credential {
    my ($self, $request) = @_;
    my $rules = $request->{json} ? $request->{json}{accessRules} : undef;
    return ['parameters', 400, undef, '[accessRules] Missing parameter'] unless ref $rules eq 'ARRAY' && @$rules;
    my @rules = map { ref $_ eq 'HASH' ? [$_->{method} // '', $_->{path} // ''] : ['', ''] } @$rules;
    for my $rule (@rules) {
        return wrong_parameter('accessRules.method', $rule->[0], 'http.MethodEnum')
            if $rule->[0] !~ /^(?:GET|POST|PUT|DELETE)$/;
        return wrong_parameter('accessRules.path', $rule->[1], 'string') if $rule->[1] !~ m{^/};
    }
    my $key = $self->{access}->ask_credential($request->{application}{key}, \@rules, $request->{json}{allowedIPs});
    return (200, {state => 'pendingValidation', consumerKey => $key,
        validationUrl => 'https://eu.api.ovh.com/auth/?credentialToken=' . $self->{access}->made_key(64)});
}

sub current_credential {
    my ($self, $request) = @_;
    my $credential = $request->{credential}
        or return ['business', 404, undef, 'The requested object (credential) does not exist'];
    return (200, {allowedIPs => $credential->{allowed_ips}, applicationId => 4711, credentialId => $credential->{id},
        creation => $self->{world}->date_text($credential->{created}), expiration => undef, lastUse => undef,
        ovhSupport => $false, rules => [map { {method => $_->[0], path => $_->[1]} } @{ $credential->{rules} }],
        status => $credential->{state}});
}

sub auth_details {
    my ($self, $request) = @_;
    my $credential = $request->{credential};
    return (200, {account => 'xx11111-ovh', description => undef, roles => undef, user => undef,
        allowedRoutes => $credential ? [map { {method => $_->[0], path => $_->[1]} } @{ $credential->{rules} }] : undef,
        identities => [$credential ? 'urn:v1:eu:identity:account:xx11111-ovh'
            : "urn:v1:eu:identity:credential:xx11111-ovh/oauth2-$request->{token}{client}"],
        method => $credential ? 'account' : 'oauth2_client_credentials'});
}

sub auth_logout {
    my ($self, $request) = @_;
    $request->{credential}{state} = 'expired' if $request->{credential};
    return $self->void;
}

# What a route answers that has nothing to say.
sub void {
    my ($self) = @_;
    my $void = $self->{world}->knob('void');
    return $void eq 'null' ? (200, undef) : $void eq 'empty' ? (200, \'') : (204, \'');
}

sub list_networks {
    my ($self, $request) = @_;
    my $query = $request->{query};
    my @networks = grep { $_->{listed} } $self->{world}->networks;
    @networks = grep { $_->{type} eq $query->{type} } @networks if exists $query->{type};
    @networks = grep { ($_->{block} =~ /:/ ? 6 : 4) == $query->{version} } @networks if exists $query->{version};
    @networks = grep { index($_->{service}, $query->{'routedTo.serviceName'}) >= 0 } @networks
        if exists $query->{'routedTo.serviceName'};
    @networks = grep { index($_->{description} // '', $query->{description}) >= 0 } @networks
        if exists $query->{description};
    @networks = grep { lc($_->{campus} // '') eq lc $query->{campus} } @networks if exists $query->{campus};
    @networks = grep { ($_->{additional} ? 'true' : 'false') eq $query->{isAdditionalIp} } @networks
        if exists $query->{isAdditionalIp};
    if (defined(my $ip = $query->{ip})) {
        my $is_address = OvhApi::World::is_ipv4($ip);
        @networks = grep { $_->{block} eq $ip || $is_address && OvhApi::World::contains($_->{block}, $ip) } @networks;
    }
    return (200, [map { $_->{block} } @networks]);
}

# The network of a path, or a refusal. A single address may be written without its /32.
sub network {
    my ($self, $request) = @_;
    my $block = $request->{words}{ip};
    my ($network) = grep { $_->{block} eq $block || $_->{block} eq "$block/32" } $self->{world}->networks;
    return ['object', 404, undef, 'This service does not exist'] if !$network || $network->{state} eq 'foreign';
    return $network;
}

sub expired {
    my ($network) = @_;
    return $network->{state} eq 'expired' ? ['service', 460, undef, 'This Service is expired'] : undef;
}

sub show_network {
    my ($self, $request) = @_;
    my $network = $self->network($request);
    return $network if ref $network eq 'ARRAY';
    if (my $expired = expired($network)) { return $expired }
    return (200, $self->more({ip => $network->{block}, type => $network->{type},
        version => $network->{block} =~ /:/ ? 6 : 4,
        canBeTerminated => $false, isAdditionalIp => $network->{additional} ? $true : $false, bringYourOwnIp => $false,
        description => $network->{description}, country => undef, organisationId => undef, campus => $network->{campus},
        regions => [], rir => undef, routedTo => {serviceName => $network->{service}}}));
}

sub list_spam {
    my ($self, $request) = @_;
    my ($world, $state) = ($self->{world}, $request->{query}{state});
    my $network = $self->network($request);
    return $network if ref $network eq 'ARRAY';
    if (my $expired = expired($network)) { return $expired }
    my @records = grep { $_->{block} eq $network->{block} && $_->{state} ne 'none' } values %{ $world->{spam} };
    @records = grep { $world->state_of($_) eq $state } @records if defined $state;
    my $number = sub { return unpack 'N', pack 'C4', split /\./, $_[0] };
    return (200, [sort { $number->($a) <=> $number->($b) } map { $_->{address} } @records]);
}

# The record of an address of a path, or a refusal.
sub record {
    my ($self, $request) = @_;
    my $network = $self->network($request);
    return $network if ref $network eq 'ARRAY';
    my $address = $request->{words}{ipSpamming};
    my $record = $self->{world}->spam_of($address);
    return ['object', 404, undef, "The requested object (ipSpamming = $address) does not exist"]
        if !$record || $record->{block} ne $network->{block} || $record->{state} eq 'none';
    return expired($network) // $record;
}

sub show_spam {
    my ($self, $request) = @_;
    my $record = $self->record($request);
    return ref $record eq 'ARRAY' ? $record : (200, $self->more($self->{world}->spam_ip($record)));
}

sub show_stats {
    my ($self, $request) = @_;
    my $record = $self->record($request);
    return $record if ref $record eq 'ARRAY';
    my ($from, $to) = map { seconds_of($request->{query}{$_}) } qw(from to);
    my @periods = map { $self->more($self->{world}->spam_stats($_)) }
        grep { $_->{timestamp} >= $from && $_->{timestamp} <= $to } @{ $record->{periods} };
    my $shape = $self->{world}->knob('stats');
    return (200, $shape eq 'flat' ? [map { @{ $_->{detectedSpams} // [] } } @periods]
        : $shape eq 'object' ? $periods[-1] : \@periods);
}

sub unblock {
    my ($self, $request) = @_;
    my $record = $self->record($request);
    return $record if ref $record eq 'ARRAY';
    my ($status, $value) = $self->{world}->unblock($record);
    return $status == 200 ? (200, $self->more($value)) : ['business', $status, undef, $value];
}

sub list_mails {
    my ($self) = @_;
    return (200, [map { $_->{id} + 0 } @{ $self->{world}{mails} }]);
}

sub show_mail {
    my ($self, $request) = @_;
    my ($mail) = grep { $_->{id} == $request->{words}{id} } @{ $self->{world}{mails} };
    return ['object', 404, undef, "The requested object (id = $request->{words}{id}) does not exist"] unless $mail;
    return (200, $self->more({%$mail, date => $self->{world}->date_text($mail->{date})}));
}

sub more {
    my ($self, $object) = @_;
    return $object unless $self->{world}->knob('extra_fields');
    return {%$object, novelty => {kind => 'none', list => [1, 'two', undef]}, class => 'ip.Object'};
}

1;
