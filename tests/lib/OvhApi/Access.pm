# Who may call what in the stand-in of the OVH API: applications and consumer keys with signatures,
# OAuth2 clients and their tokens, the rules of each, and how many calls a minute they have. Each
# check gives a refusal ([check, status, code of the old bodies, message, details]) or nothing.
package OvhApi::Access;

use v5.32;
use warnings;
use Digest::SHA qw(sha1_hex);
use MIME::Base64 qw(decode_base64);

sub new {
    my ($class, $world) = @_;
    return bless {world => $world, applications => {}, credentials => {}, clients => {}, tokens => {}, calls => {},
        serial => 0}, $class;
}

sub application {
    my ($self, %application) = @_;
    $self->{applications}{ $application{key} } = \%application;
    return;
}

# What a credential may do if nothing else is said: all that Outvet asks for.
my @usual_rules = map { [split ' '] } 'GET /auth/currentCredential', 'GET /auth/details', 'POST /auth/logout', 'GET /ip',
    'GET /ip/*', 'POST /ip/*', 'GET /me/notification/email/history', 'GET /me/notification/email/history/*';

# key, application, and maybe state, rules ([method, path] each), allowed_ips (addresses). Named
# again, it changes.
sub credential {
    my ($self, %credential) = @_;
    my $known = $self->{credentials}{ $credential{key} }
        //= {id => ++$self->{serial}, state => 'validated', rules => \@usual_rules, created => $self->{world}->now};
    @$known{ keys %credential } = values %credential;
    $known->{application} //= (sort keys %{ $self->{applications} })[0];
    return;
}

# A service account: id, secret, actions (of IAM, * at the end of one for all that begin so).
sub client {
    my ($self, %client) = @_;
    $self->{clients}{ $client{id} } = {actions => ['*'], %client};
    return;
}

# A made-up key, of letters and digits.
sub made_key {
    my ($self, $length) = @_;
    my @letters = ('A' .. 'Z', 'a' .. 'z', 0 .. 9);
    return join '', map { $letters[rand @letters] } 1 .. $length;
}

# The credential or token that a request comes with is noted in it.
sub check {
    my ($self, $request) = @_;
    return defined $request->{header}{authorization} ? $self->check_token($request)
        : $self->check_application($request) // $self->check_signature($request) // $self->check_credential($request);
}

sub check_token {
    my ($self, $request) = @_;
    my ($token) = $request->{header}{authorization} =~ /^Bearer ([!-~]+)$/;
    my $known = $self->{tokens}{ $token // '' };
    # The text of these two is not public.
    return ['token', 401, undef, 'Invalid access token'] unless $known;
    return ['token', 401, undef, 'Access token is expired'] if $known->{expires} <= $self->{world}->now;
    $request->{token} = $known;
    return;
}

sub check_application {
    my ($self, $request) = @_;
    my $key = $request->{header}{'x-ovh-application'};
    return ['login', 401, undef, 'You must login first'] unless length($key // '');
    $request->{application} = $self->{applications}{$key}
        or return ['application', 403, 'INVALID_KEY', 'This application key is invalid'];
    return;
}

# Clock, consumer key, signature, in this order.
sub check_signature {
    my ($self, $request) = @_;
    my ($world, $header) = ($self->{world}, $request->{header});
    my $stamp = $header->{'x-ovh-timestamp'} // '';
    return ['clock', 400, 'QUERY_TIME_OUT', 'Query out of time']
        if $stamp !~ /^\d{1,15}$/ || abs($world->auth_now - $stamp) > $world->knob('window');
    my $credential = $self->{credentials}{ $header->{'x-ovh-consumer'} // '' };
    return ['credential', 403, 'NOT_CREDENTIAL', 'This credential does not exist']
        unless $credential && $credential->{application} eq $request->{application}{key};
    $request->{credential} = $credential;
    return if ($header->{'x-ovh-signature'} // '') eq '$1$' . sha1_hex(join '+', $request->{application}{secret},
        $credential->{key}, $request->{method}, "$request->{scheme}://$header->{host}$request->{target}",
        $request->{body}, $stamp);
    return ['signature', 400, 'INVALID_SIGNATURE', 'Invalid signature'];
}

sub check_credential {
    my ($self, $request) = @_;
    my $credential = $request->{credential};
    return ['state', 403, 'INVALID_CREDENTIAL', 'This credential is not valid'] if $credential->{state} ne 'validated';
    return ['origin', 403, undef, 'This credential is not valid from this address']
        if $credential->{allowed_ips} && !grep { $_ eq $request->{peer} } @{ $credential->{allowed_ips} };
    return;
}

# At most calls_per_minute of one credential or account.
sub check_rate {
    my ($self, $request) = @_;
    my ($world, $limit) = ($self->{world}, $self->{world}->knob('calls_per_minute'));
    return unless $limit;
    my $calls = $self->{calls}{ $request->{token} ? $request->{token}{client} : $request->{credential}{key} } //= [];
    shift @$calls while @$calls && $calls->[0] <= $world->precise_now - 60;
    return ['rate', 429, undef, 'Too many requests'] if @$calls >= $limit;
    push @$calls, $world->precise_now;
    return;
}

# Whether method and path (as sent, without version and query) are granted; action: IAM's name of it.
sub check_rules {
    my ($self, $request, $path, $action) = @_;
    if ($request->{token}) {
        my $client = $self->{clients}{ $request->{token}{client} };
        return if !defined $action || grep { matches($_, $action) } @{ $client->{actions} };
        return ['rules', 403, undef, 'User not granted for this request',
            {unauthorizedActionsByAuthentication => '', unauthorizedActionsByIAM => $action}];
    }
    return if grep { $_->[0] eq $request->{method} && matches($_->[1], $path) } @{ $request->{credential}{rules} };
    return ['rules', 403, 'NOT_GRANTED_CALL', 'This call has not been granted'];
}

sub matches {
    my ($pattern, $text) = @_;
    my $expression = join '.*', map {quotemeta} split /\*/, $pattern, -1;
    return $text =~ /^$expression\z/s;
}

# A new consumer key, not yet validated by anybody.
sub ask_credential {
    my ($self, $application, $rules, $allowed_ips) = @_;
    my $key = $self->made_key(32);
    $self->credential(key => $key, application => $application, state => 'pendingValidation',
        rules => $rules, $allowed_ips ? (allowed_ips => $allowed_ips) : ());
    return $key;
}

# The consumer keys that wait to be validated.
sub pending {
    my ($self) = @_;
    return [grep { $self->{credentials}{$_}{state} eq 'pendingValidation' } sort keys %{ $self->{credentials} }];
}

# Status and body of the OAuth2 token endpoint.
sub token {
    my ($self, $request, $form) = @_;
    my ($id, $secret) = @$form{qw(client_id client_secret)};
    if (($request->{header}{authorization} // '') =~ /^Basic ([A-Za-z0-9+\/=]+)$/) {
        ($id, $secret) = split /:/, decode_base64($1), 2;
    }
    return (400, {error => 'invalid_request'})
        if ($request->{header}{'content-type'} // '') !~ m{^application/x-www-form-urlencoded(?:;|$)};
    return (400, {error => 'unsupported_grant_type'}) if ($form->{grant_type} // '') ne 'client_credentials';
    my $client = $self->{clients}{ $id // '' }
        or return (400, {error => 'invalid_client', error_description => 'ovhcloud oauth2 client does not exists'});
    return (400, {error => 'invalid_client_credentials', error_description => 'client secret invalid'})
        if ($secret // '') ne $client->{secret};
    my $token = $self->made_key(64);
    my $lifetime = $self->{world}->knob('token_lifetime');
    $self->{tokens}{$token} = {client => $id, expires => $self->{world}->now + $lifetime};
    return (200, {access_token => $token, token_type => 'Bearer', expires_in => $lifetime + 0,
        scope => $form->{scope} // 'all'});
}

1;
