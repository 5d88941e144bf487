#!/usr/bin/perl
# What senders are told of their held mail, through a real Postfix: whom, how often, and that nothing
# answers it.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use JSON::PP qw(decode_json);
use MIME::QuotedPrint qw(decode_qp);
use POSIX ();
use Sandbox;
use Test::More;
use Verdicts;

my $box = Sandbox->new(sends => 1, settings => verdict_settings() . <<'END');
[alert]
from = outvet@sandbox.example
tell_senders = sandbox.example blog@*.example
END
plan skip_all => 'no mount name spaces here' unless $box->name_spaces;
verdict_rules($box);
# The letters here come from the reserved domains of documentation.
Sandbox::spew("$box->{dir}/rules.d/quiet.conf", "[HDR_MSGID_DOMAIN]\nenabled = no\n");
$box->add_login($_, 'secret') for qw(paul anna eve bot);
$box->start;

sub notices { return grep {/^Subject: Your message is held back/m} $box->delivered }

sub senders { return decode_json(($box->outvet('status', '--json'))[1])->{alerts}{senders} }

sub held { return grep { $_->{queue_name} eq 'hold' } $box->queue }

# A message that is held; waits until all that comes of it has gone.
sub send_held {
    my (%option) = @_;
    my $before = held();
    my %login = $option{login} ? (login => $option{login}, password => 'secret') : ();
    my $message = letter('please hold', header => $option{header});
    my ($status, $out) = $option{user}
        ? $box->send_local(message => $message, from => $option{from}, user => $option{user}, to => ['ann@outside.example'])
        : $box->send_smtp(message => $message, from => $option{from}, to => ['ann@outside.example'], %login);
    is($status, 0, "$option{from}: taken") or diag $out;
    return $box->wait_until('the message', 20, sub { held() == $before + 1 });
}

subtest 'who logged in is told why, and what to mend' => sub {
    send_held(login => 'paul', from => 'paul@sandbox.example');
    $box->wait_until('the notice', 20, sub { notices() == 1 });
    my ($notice) = notices();
    like($notice, qr/^To: paul\@sandbox\.example$/m, 'to him');
    like($notice, qr/^From: Outvet <outvet\@sandbox\.example>$/m, 'from the fixed sender');
    like($notice, qr/^Auto-Submitted: auto-replied$/m, 'that no machine answers');
    unlike($notice, qr/^X-Outvet-/m, 'nothing of ours in its header');
    like($box->mail_log, qr/: from=<>, .*nrcpt=1/, 'from the null sender');
    my $text = decode_qp(($notice =~ /\n\n(.*)/s)[0]);
    like($text, qr/^  Subject: please hold$/m, 'which message');
    like($text, qr/^  - Do not ask to be held\.$/m, 'advice');
    my ($held) = held();
    like(($box->outvet('trace', $held->{queue_id}))[1], qr/sender told by outvetd.*paul\@sandbox\.example/, 'the ledger has it');
    is(senders()->{told}, 1, 'is counted');
};

subtest 'once a day, also after a restart' => sub {
    send_held(login => 'paul', from => 'paul@sandbox.example');
    send_held(login => 'anna', from => 'paul@sandbox.example'); # another account, the same address
    is($box->stop_outvetd, 0, 'a clean end');
    $box->start_outvetd;
    send_held(login => 'paul', from => 'paul@sandbox.example');
    send_held(login => 'eve', from => 'eve@sandbox.example');
    $box->wait_until('the other account', 20, sub { notices() == 2 });
    like((notices())[1], qr/^To: eve\@sandbox\.example$/m, 'is told alone');
};

subtest 'a script is told of by the address that it gives' => sub {
    send_held(user => 'www-data', from => 'web@sandbox.example');
    $box->wait_until('the notice', 20, sub { notices() == 3 });
    like((notices())[2], qr/^To: web\@sandbox\.example$/m, 'to it');
};

subtest 'nobody else is told' => sub {
    send_held(from => 'stranger@sandbox.example');
    send_held(login => 'bot', from => 'bot@elsewhere.example');
    send_held(user => 'games', from => 'games@sandbox.example', header => "Auto-Submitted: auto-replied\n");
    send_held(user => 'mail', from => '<>');
    # One that is told, so that those before it had their turn.
    send_held(user => 'news', from => 'blog@news.example');
    $box->wait_until('the notice', 20, sub { notices() == 4 });
    like((notices())[3], qr/^To: blog\@news\.example$/m, 'an address that a pattern names');
    is_deeply(senders(), { told => 3, failed => 0, dropped => 0 }, 'since the restart');
};

is($box->stop_outvetd, 0, 'a clean end');
is(() = $box->outvetd_log =~ /verdict=accept because="it is Outvet's own"/g, 4, 'notices are not judged');
done_testing;
