# The stand-in of the OVH API: takes a request through the checks in the order of the real one, words
# the answer as it does, misbehaves where it is told to, and keeps a log.
package OvhApi::Api;

use v5.32;
use warnings;
use JSON::PP ();
use OvhApi::Access;
use OvhApi::Routes;
use OvhApi::Server;
use OvhApi::World;
use Time::HiRes qw(time);

my $log_limit = 20_000;
my $json = JSON::PP->new->canonical->allow_nonref->utf8;
my %classes = (400 => 'BadRequest', 401 => 'Unauthorized', 403 => 'Forbidden', 404 => 'NotFound',
    409 => 'Conflict', 429 => 'TooManyRequests');

sub new {
    my ($class) = @_;
    my $world = OvhApi::World->new;
    my $access = OvhApi::Access->new($world);
    return bless {world => $world, access => $access, routes => OvhApi::Routes->new($world, $access),
        faults => [], log => [], served => 0, errors => 0}, $class;
}

# A fault for the next times requests (1) whose "METHOD target" matches the expression match (all),
# after the first skip of them. Its kind:
#   html        status (503) with a page of a proxy in place of JSON; not taken
#   too_many    429, retry_after told if given; not taken
#   reset       RST; not taken
#   redirect    302 to location; not taken
#   answer      status, body, type, headers ([name, value] each) as given; not taken
#   big         octets (100 MB) of JSON
#   deep        levels (10,000) of JSON's lists
#   cut         taken, and the connection ends in the middle of the answer
#   cut_json    taken, and the JSON ends in the middle, in a whole answer
#   drop        taken, and the connection ends without an answer
#   silent      taken, and no answer comes ever
#   late        taken, and the answer comes after seconds
sub fault {
    my ($self, %fault) = @_;
    die "no kind of fault: $fault{kind}\n"
        if $fault{kind} !~ /^(?:html|too_many|reset|redirect|answer|big|deep|cut|cut_json|drop|silent|late)$/;
    die "a redirect needs a location\n" if $fault{kind} eq 'redirect' && !defined $fault{location};
    push @{ $self->{faults} }, {times => 1, skip => 0, match => '', %fault};
    return;
}

sub next_fault {
    my ($self, $request) = @_;
    for my $fault (@{ $self->{faults} }) {
        next unless "$request->{method} $request->{target}" =~ /$fault->{match}/;
        next if $fault->{skip}-- > 0;
        $fault->{times}--;
        $self->{faults} = [grep { $_->{times} > 0 } @{ $self->{faults} }];
        return $fault;
    }
    return;
}

sub answer {
    my ($self, $request) = @_;
    $self->{served}++;
    my $query_id = sprintf 'EU.ext-3.%08x.%d.%08x-7be3-4c5d-9e1f-%012x', $self->{world}->now, $self->{served},
        rand 1 << 32, rand 1 << 47;
    my $entry = {n => $self->{served}, time => time, query_id => $query_id, peer => $request->{peer},
        map { $_ => $request->{$_} } qw(method scheme target names body)};
    $entry->{host} = $request->{header}{host};
    push @{ $self->{log} }, $entry;
    shift @{ $self->{log} } if @{ $self->{log} } > $log_limit;
    my $fault = $self->next_fault($request);
    $entry->{fault} = $fault->{kind} if $fault;
    my $answer = $fault ? instead($fault) : undef;
    if ($answer) {
        $entry->{check} = 'fault';
    } else {
        my ($status, $value, @headers);
        if ($request->{target} eq '/auth/oauth2/token') {
            ($status, $value, $entry->{check}) = $self->token($request);
        } else {
            ($status, $value, $entry->{check}, @headers) = $self->dispatch($request);
        }
        $answer = {status => $status, body => ref $value eq 'SCALAR' ? $$value : $json->encode($value),
            headers => \@headers,
            chunked => $self->{world}->knob('chunked')};
        disturb($answer, $fault) if $fault;
    }
    $entry->{status} = $answer->{status};
    $answer->{wait} = ($answer->{wait} // 0) + $self->{world}->knob('latency');
    unshift @{ $answer->{headers} }, ['Server', 'nginx'];
    push @{ $answer->{headers} }, ['Content-Type', 'application/json; charset=utf-8']
        unless grep { $_->[0] eq 'Content-Type' } @{ $answer->{headers} };
    push @{ $answer->{headers} }, ['Cache-Control', 'no-cache, no-store'], ['X-Frame-Options', 'DENY'],
        ['X-Content-Type-Options', 'nosniff'], ['Access-Control-Allow-Origin', '*'], ['X-Ovh-QueryID', $query_id];
    return $answer;
}

sub token {
    my ($self, $request) = @_;
    my $form = $request->{method} eq 'POST' ? OvhApi::Routes::form($request->{body}) : undef;
    my ($status, $value) = $form ? $self->{access}->token($request, $form) : (400, {error => 'invalid_request'});
    return ($status, $value, $status == 200 ? 'ok' : 'client');
}

# Through all checks: (status, value, name of the check that refused or ok, headers...).
sub dispatch {
    my ($self, $request) = @_;
    my ($access, $routes) = @$self{qw(access routes)};
    my $route = $routes->find($request) or return $self->refuse(['route', 404, undef, 'Got an invalid (or empty) URL']);
    my $refusal
        = $route->{unsigned} ? ($route->{method} eq 'POST' ? $access->check_application($request) : undef)
        : $access->check($request) // $access->check_rate($request)
        // $access->check_rules($request, $request->{path}, $route->{action});
    $refusal //= $routes->check_parameters($route, $request);
    return $self->refuse($refusal) if $refusal;
    my ($status, $value) = $route->{do}->($routes, $request);
    return ref $status eq 'ARRAY' ? $self->refuse($status) : ($status, $value, 'ok');
}

# Words a refusal in the body of the generation that is set.
sub refuse {
    my ($self, $refusal) = @_;
    my ($check, $status, $code, $message, $details) = @$refusal;
    my $knob = $self->{world}->knob('errors');
    my $old = $knob eq 'old' || $knob eq 'mixed' && $self->{errors}++ % 2 == 0;
    my %body = (message => $message);
    if ($status == 460) {
        # only a message, in both generations
    } elsif ($details) {
        %body = (%body, class => "Client::$classes{$status}", details => $details);
    } elsif ($old) {
        %body = (%body, $code ? (errorCode => $code, httpCode => "$status " . OvhApi::Server::reason($status)) : ());
    } else {
        $body{class} = 'Client::' . ($classes{$status} // 'BadRequest');
    }
    my $retry = $self->{world}->knob('retry_after');
    return ($status, \%body, $check, $check eq 'rate' && defined $retry ? ['Retry-After', $retry] : ());
}

# The answer of a fault whose request is not taken up.
sub instead {
    my ($fault) = @_;
    my ($kind, $status) = @$fault{qw(kind status)};
    my %page = (status => $status // 503, headers => [['Content-Type', 'text/html']]);
    $page{body} = "<html><body><h1>$page{status} " . OvhApi::Server::reason($page{status})
        . "</h1>\nNo server is available to handle this request.\n</body></html>\n";
    return
        $kind eq 'html' ? \%page
        : $kind eq 'too_many' ? {status => 429,
            body => $json->encode({class => 'Client::TooManyRequests', message => 'Too many requests'}),
            headers => [defined $fault->{retry_after} ? ['Retry-After', $fault->{retry_after}] : ()]}
        : $kind eq 'reset' ? {%page, end => 'reset'}
        : $kind eq 'redirect' ? {%page, status => 302, headers => [@{ $page{headers} }, ['Location', $fault->{location}]]}
        : $kind eq 'answer' ? {status => $status // 200, body => $fault->{body} // '',
            headers => [['Content-Type', $fault->{type} // 'application/json; charset=utf-8'],
                @{ $fault->{headers} // [] }]}
        : $kind eq 'big' ? {status => 200, chunked => $fault->{chunked},
            body => [' ' x 65_536, int(($fault->{octets} // 100_000_000) / 65_536) + 1]}
        : $kind eq 'deep' ? {status => 200,
            body => '[' x ($fault->{levels} // 10_000) . ']' x ($fault->{levels} // 10_000)}
        : undef;
}

# What becomes of the answer to a request that was taken up.
sub disturb {
    my ($answer, $fault) = @_;
    my $kind = $fault->{kind};
    if ($kind eq 'cut_json') {
        $answer->{body} = substr $answer->{body}, 0, length($answer->{body}) >> 1;
    } elsif ($kind eq 'late') {
        $answer->{wait} = $fault->{seconds} // 1;
    } else {
        $answer->{end} = $kind;
    }
    return;
}

1;
