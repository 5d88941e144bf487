#!/usr/bin/perl
# The policy service, asked by a real Postfix in the SMTP dialogue.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use IO::Socket::INET;
use JSON::PP qw(decode_json);
use Sandbox;
use Test::More;
use Verdicts;

plan skip_all => "a private Postfix needs root" if $> != 0;
my $port = Sandbox::free_port();
my $box = Sandbox->new(
    settings => "[accounts]\nsender_login_maps = postfix\n[policy]\nsocket = inet:$port\@127.0.0.1\n",
    main_cf => {
        smtpd_sender_login_maps => 'inline:{ {paul@sandbox.example = shop, shop@mx.sandbox.example}'
            . ' {boss@sandbox.example = boss} }',
        smtpd_recipient_restrictions => "check_policy_service inet:127.0.0.1:$port, permit",
        smtpd_end_of_data_restrictions => "check_policy_service inet:127.0.0.1:$port",
    });
$box->add_login('shop', 'secret');
$box->start;

sub send_as {
    my ($sender, $id) = @_;
    return $box->send_smtp(message => letter('Meeting on Thursday', id => $id), from => $sender,
        to => ['ann@outside.example'], login => 'shop', password => 'secret');
}
sub recorded { return scalar(() = $box->ledger("select 1 from messages where message_id = '<$_[0]>'")) }
sub policy_status { return decode_json(($box->outvet('status', '--json'))[1])->{policy} }

subtest 'a login sends with its own address' => sub {
    my ($status, $transcript) = send_as('paul@sandbox.example', 'own@sandbox.example');
    is($status, 0, 'taken') or diag $transcript;
    is(recorded('own@sandbox.example'), 1, 'and judged');
    cmp_ok(policy_status()->{requests}, '>=', 2, 'Postfix asked, at RCPT and at the end');
};

subtest 'a login sends with the address of another' => sub {
    my ($status, $transcript) = send_as('boss@sandbox.example', 'other@sandbox.example');
    isnt($status, 0, 'refused');
    like($transcript, qr/554 5\.7\.1 .*<boss\@sandbox\.example> is not an address of your login; send with one that is/,
        'with a sentence that its sender understands');
    is(recorded('other@sandbox.example'), 0, 'no message was taken');
    like($box->logs, qr/event=policy action=reject .*login=\S*shop\S* from=boss\@sandbox\.example/, 'one log line');
};

subtest 'who sends no request is closed, and nobody else notices' => sub {
    my @half = map { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port) } 1 .. 50;
    print $_ "request=smtpd_acc" for @half;
    $_->flush for @half;
    my $evil = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port);
    print $evil "GET / HTTP/1.1\r\n\r\n";
    $evil->flush;
    is(scalar <$evil>, undef, 'closed without an answer');
    my ($status) = send_as('paul@sandbox.example', 'beside@sandbox.example');
    is($status, 0, 'mail goes on');
    is(policy_status()->{closed}, 1, 'outvet status counts it');
    like($box->logs, qr/event=policy result=closed error="a line without/, 'the log tells');
};

subtest 'a reload changes the answer' => sub {
    my $file = "$box->{dir}/outvet.conf";
    Sandbox::spew($file, Sandbox::slurp($file) =~ s/^(\[policy\]\n)/$1foreign_sender = pass\n/mr);
    my ($status, $out, $err) = $box->outvet('config', 'reload');
    is($status, 0, 'reload') or diag $err;
    ($status) = send_as('boss@sandbox.example', 'passed@sandbox.example');
    is($status, 0, 'the rules judge it now');
    is(recorded('passed@sandbox.example'), 1, 'and it is in the ledger');
};

done_testing;
