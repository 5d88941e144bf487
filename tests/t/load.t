#!/usr/bin/perl
# 64 connections at once, each message of a domain of its own that has to be asked for, while the
# settings are reloaded and the status is asked: nothing breaks, nothing is lost. Under a thread
# sanitizer this is where races show.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use IPC::Open2;
use JSON::PP qw(decode_json);
use POSIX qw(:sys_wait_h);
use Sandbox;
use Test::More;

my $messages = 1280;
my $pid = open2(my $out, my $in, "$Sandbox::source/tests/tools/name-server", '--delay=50');
my ($port) = (<$out> // '') =~ /(\d+)/ or die "the name server does not serve\n";
my $egress = "[egress]\naddresses = 192.0.2.1 192.0.2.2\nhelo = mx.slow-test.net\nsigning = before\n";
my $box = Sandbox->new(no_postfix => 1, dns => "127.0.0.1\@$port\n", settings => $egress);
$box->start_outvetd;

sub status { return decode_json(($box->outvet('status', '--json'))[1]) }

my $client = $box->spawn('client', "$Sandbox::build/bench/milter_client", '--kind', 'mix', '--connections', 64,
    '--keep', 7, '--messages', $messages, '--domains', 1_000_000_000, $box->{milter_socket});
my ($reloads, $asked, $ended) = (0, 0, 0);
until ($ended) {
    $box->write_settings($egress . '# ' . $reloads . "\n");
    $reloads++ if ($box->outvet('config', 'reload'))[0] == 0;
    $asked++ if status()->{dns}{state} eq 'answering';
    $ended = waitpid($client, WNOHANG) == $client;
}
my $code = $?;
delete $box->{pid}{client};
my %figure = Sandbox::slurp("$box->{dir}/log/client.log") =~ /(\w+)=(\S+)/g;
is($code, 0, 'the client is content') or diag Sandbox::slurp("$box->{dir}/log/client.log"), $box->logs;
is($figure{broken}, 0, 'no connection broke');
is($figure{refused}, 0, 'no message was deferred or refused');
ok($reloads > 0, "the settings were reloaded, $reloads times") and ok($asked > 0, 'and the status told');
is(($box->ledger('select count(*) n from messages'))[0]{n}, $messages, 'every message is in the ledger');
is($box->stop_outvetd, 0, 'a clean end') or diag $box->logs;
close $in;
waitpid $pid, 0;
done_testing;
