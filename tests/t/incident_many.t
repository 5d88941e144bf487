#!/usr/bin/perl
# Hundreds of blocked addresses, in one network and each in its own: an incident of each, within the calls
# that the provider allows, and without losing sight of what is asked for meanwhile.
use v5.32;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use JSON::PP qw(decode_json);
use OvhApi;
use Sandbox;
use Test::More;

use constant {MANY => 500, CALLS => 3000, MINUTE => 60};

my $box = Sandbox->new(no_postfix => 1);

sub start_with {
    my ($api) = @_;
    Sandbox::spew("$box->{dir}/ovh.conf", $api->conf, 0600);
    chown +(getpwnam $box->{user})[2], -1, "$box->{dir}/ovh.conf";
    $box->write_settings("[provider]\nkind = ovh\ncredentials = $box->{dir}/ovh.conf\ninterval = 1s\ncalls = @{[CALLS]}\n");
    $box->start_outvetd;
    return;
}
sub count_incidents { my ($network) = @_; my ($row) = $box->ledger("select count(*) as n from incidents where network like '$network'"); return $row->{n} }

# As many calls as the settings allow in any time, by the stand-in's own clock; a call may be a second late.
sub calls_are_bounded {
    my ($api) = @_;
    my @log = sort { $a->{time} <=> $b->{time} } $api->log;
    cmp_ok(scalar @log, '>', 2 * MANY, scalar(@log) . ' calls');
    my $span = CALLS / 6;
    my @fast = grep { $log[$_ + $span]{time} - $log[$_]{time} < MINUTE / 6 - 1 } 0 .. $#log - $span;
    is(scalar @fast, 0, 'never more than are allowed');
    return;
}

# An unblock that is asked for among them is sent before all are read.
sub asks_meanwhile {
    my ($api, $address) = @_;
    $box->wait_until('a first incident', 60, sub { count_incidents('%') > 0 });
    $box->wait_until("an incident of $address", 120, sub { $box->ledger("select id from incidents where address = '$address'") });
    my ($row) = $box->ledger("select id from incidents where address = '$address'");
    my ($status, undef, $err) = $box->run(["$Sandbox::build/outvet", 'incident', 'unblock', '--config', "$box->{dir}/outvet.conf",
        '--force', '--no-wait', $row->{id}], input => "$row->{id}\n");
    is($status, 0, 'an unblock is asked for') or diag $err;
    $box->wait_until('it is sent', 60, sub { $api->count('POST', qr/\Q$address\E\/unblock/) });
    return;
}

subtest 'in one network' => sub {
    my $api = OvhApi->new(networks => ['198.18.0.0/23']);
    my @addresses = map { '198.18.' . int($_ / 256) . '.' . $_ % 256 } 0 .. MANY - 1;
    $api->block(address => \@addresses, seconds => 1);
    $api->advance(5);
    start_with($api);
    asks_meanwhile($api, '198.18.0.1');
    ok(count_incidents('198.18.0.0/23') < MANY, 'before all are read');
    $box->wait_until('all incidents', 180, sub { count_incidents('198.18.0.0/23') == MANY });
    # What is new comes before what is known.
    my ($last) = sort { $b->{n} <=> $a->{n} } grep { $_->{target} =~ m{/stats\b} } $api->log;
    $api->block(address => '198.18.1.250', seconds => 3600);
    $box->wait_until('a new one', 120, sub { count_incidents('198.18.0.0/23') == MANY + 1 });
    my $read = $api->count('GET', qr{/stats\b}, $last->{n});
    cmp_ok($read, '<', MANY, "a new one is seen after $read others are read again, not all");
    calls_are_bounded($api);
    $box->stop_outvetd;
    $api->stop;
};

subtest 'each in a network of its own' => sub {
    my @addresses = map { '198.51.' . int($_ / 256) . '.' . $_ % 256 } 0 .. MANY - 1;
    my $api = OvhApi->new(networks => [map {"$_/32"} @addresses]);
    $api->block(address => \@addresses, seconds => 3600);
    start_with($api);
    $box->wait_until('all incidents', 300, sub { count_incidents('198.51.%') == MANY });
    calls_are_bounded($api);
    my (undef, $out) = $box->outvet('status', '--json');
    is(decode_json($out)->{provider}{networks}, MANY, 'the status tells of all networks');
    $box->stop_outvetd;
    $api->stop;
};

$box->stop;
done_testing;
