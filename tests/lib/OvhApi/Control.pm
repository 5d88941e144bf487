# Steering of the stand-in of the OVH API: POST /_control with {"do": VERB, NAME: VALUE...}, which
# answers {"ok": VALUE} or 400 {"error": TEXT}. The verbs are what tests/lib/OvhApi.pm tells of.
package OvhApi::Control;

use v5.32;
use warnings;
use JSON::PP ();

my $json = JSON::PP->new->canonical->utf8;

# VERB => sub (api, server, arguments)
my %verbs = (
    (map {
        my $verb = $_;
        $verb => sub { my ($api, undef, %told) = @_; return $api->{world}->$verb(%told) }
    } qw(set network block detect sent forget notify)),
    (map {
        my $verb = $_;
        $verb => sub { my ($api, undef, %told) = @_; return $api->{access}->$verb(%told) }
    } qw(application credential client pending)),
    fault => sub { my ($api, undef, %told) = @_; return $api->fault(%told) },
    no_faults => sub { $_[0]{faults} = []; return },
    no_routes => sub { $_[0]{routes}->clear; return },
    route => sub { my ($api, undef, %told) = @_; return $api->{routes}->add($told{method}, $told{path}) },
    advance => sub { my ($api, undef, %told) = @_; return $api->{world}->advance($told{seconds}) },
    clock => sub { my ($api, undef, %told) = @_; return $api->{world}->clock_at($told{at}) },
    now => sub { return $_[0]{world}->now },
    state => sub {
        my ($api, undef, %told) = @_;
        my $record = $api->{world}->spam_of($told{address}) or return 'none';
        return $api->{world}->state_of($record);
    },
    log => sub { my ($api, undef, %told) = @_; return [grep { $_->{n} > ($told{after} // 0) } @{ $api->{log} }] },
    last => sub { return $_[0]{log}[-1] },
    clear_log => sub { $_[0]{log} = []; return },
    stop => sub { $_[1]->stop; return },
);

sub answer {
    my ($api, $server, $request) = @_;
    my ($value, $trouble);
    if ($request->{method} ne 'POST') {
        $trouble = 'POST {"do": VERB, NAME: VALUE...}; verbs: ' . join ' ', sort keys %verbs;
    } else {
        my $told = eval { $json->decode($request->{body}) };
        my $verb = ref $told eq 'HASH' ? delete $told->{do} : undef;
        my $do = $verbs{ $verb // '' };
        if ($do) {
            $trouble = $@ unless eval { $value = $do->($api, $server, %$told); 1 };
        } else {
            $trouble = 'there is no such verb; verbs: ' . join ' ', sort keys %verbs;
        }
    }
    return {status => $trouble ? 400 : 200, headers => [['Content-Type', 'application/json']],
        body => $json->encode($trouble ? {error => $trouble =~ s/\s+\z//r} : {ok => $value}) . "\n"};
}

1;
