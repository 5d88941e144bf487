#!/usr/bin/perl
# What earlier mail was like counts: a text that goes to many, a Message-ID that is used again; also
# after outvetd was killed, for the ledger tells it the next one.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use JSON::PP qw(decode_json);
use Net::SMTP;
use Sandbox;
use Test::More;
use Verdicts;

plan skip_all => "a private Postfix needs root" if $> != 0;
my $box = Sandbox->new(settings => verdict_settings());
verdict_rules($box);
$box->add_login("user$_", 'secret') for 1 .. 7;
$box->start;

# Hands messages over on one connection: [Message-ID, text, recipient, ...].
sub send_all {
    my (@messages) = @_;
    my $smtp = Net::SMTP->new('127.0.0.1', Port => $box->{smtp_port}, Timeout => 60) or die "SMTP: $@\n";
    for my $message (@messages) {
        my ($id, $text, @to) = @$message;
        $smtp->mail('paul@sandbox.example') or die $smtp->message;
        $smtp->to(@to) or die $smtp->message;
        $smtp->data(letter($text =~ /please (\w+)/ ? "please $1" : 'Open weekend', id => "$id\@sandbox.example", body => $text));
    }
    $smtp->quit;
}

sub row {
    my ($id) = @_;
    my ($row) = $box->ledger("select * from messages where message_id = '<$id\@sandbox.example>' order by id desc limit 1");
    $row->{hits} = [map { $_->{rule} } $box->ledger("select rule from hits where message = $row->{id}")] if $row;
    return $row // {};
}

sub restart {
    my ($signal) = @_;
    $box->stop_outvetd($signal);
    $box->start_outvetd;
    $box->wait_until('history to be filled in', 30, sub {
        my (undef, $out) = $box->outvet('status', '--json');
        return $out =~ /"history":\s*"ok"/;
    });
}

sub invitation {
    my ($name, $number) = @_;
    return "Dear $name,\n\nour workshop will be open on both days of the weekend, and everybody who would like\n"
        . "to see how the large crane was restored is welcome. Coffee and home made cake wait\n"
        . "beside the entrance hall. Your ticket is number $number.\n\nThe people of the workshop\n";
}

my $n = 0;
sub campaign {
    my ($count) = @_;
    send_all(map { $n++; ["campaign-$n", invitation("reader$n", 4000 + 7 * $n), "reader$n\@outside.example"] } 1 .. $count);
    return "campaign-$n";
}

subtest 'a text that goes to many is a mailing' => sub {
    is(row(campaign(1))->{class}, 'personal', 'the first is a letter');
    is(row(campaign(39))->{class}, 'other', 'what was sent forty times is none');
    my $row = row(campaign(100));
    is($row->{class}, 'bulk', 'what went to 140 addresses is a mailing');
    ok((grep { $_ eq 'UNSUB_LU_MISSING' } @{ $row->{hits} }), 'and needs a way to unsubscribe');
    send_all(['other-text', "Dear Ann,\n\nthe annual meeting will elect a treasurer, because the present one moves abroad.\n"
                . "Whoever stands for election should send a short introduction before the end of January,\n"
                . "so that it can be printed with the agenda.\n", 'ann@outside.example']);
    is(row('other-text')->{class}, 'personal', 'another text of the same sender is a letter');
};

subtest 'a Message-ID that is used again is noticed' => sub {
    send_all(['again', "The report comes on Thursday.\n", 'ann@outside.example']);
    send_all(['again', "The report comes on Thursday.\n", 'bob@outside.example']);
    is_deeply([grep { $_ eq 'HDR_MSGID_REUSED' } @{ row('again')->{hits} }], [], 'not for the same text');
    send_all(['again', "The report comes on Friday.\n", 'ann@outside.example']);
    is_deeply([grep { $_ eq 'HDR_MSGID_REUSED' } @{ row('again')->{hits} }], ['HDR_MSGID_REUSED'], 'for another');
    send_all(['refused', "please reject this\n", 'ann@outside.example']);
    send_all(['refused', "The minutes are attached.\n", 'ann@outside.example']);
    is_deeply([grep { $_ eq 'HDR_MSGID_REUSED' } @{ row('refused')->{hits} }], [], 'not after the first was refused');
};

subtest 'outvetd killed in the midst of it forgets nothing' => sub {
    restart('KILL');
    is(row(campaign(1))->{class}, 'bulk', 'the mailing');
    send_all(['again', "The report comes on Saturday.\n", 'ann@outside.example']);
    ok((grep { $_ eq 'HDR_MSGID_REUSED' } @{ row('again')->{hits} }), 'the Message-ID');
    restart('TERM');
    is(row(campaign(1))->{class}, 'bulk', 'nor after an orderly end');
};

# Near enough the same text for everyone, from a login of its own and a domain of its own or of all.
sub send_offer {
    my ($user, $domain) = @_;
    my $id = sprintf 'offer-%d-%s', $user, $domain;
    my $text = "Dear reader$user,\n\nyour neighbours have already exchanged their old boilers for the quiet heat pump that\n"
        . "our engineers developed together with the university. Whoever answers before Friday\n"
        . "receives the installation as a present. Reference 47$user-11.\n\nThe heating people\n";
    my $message = letter('Heating', id => "$id\@sandbox.example", body => $text) =~ s/^From: .*/From: Pat <user$user\@$domain>/r;
    my ($status, $transcript) = $box->send_smtp(
        message => $message, from => "user$user\@$domain", to => ["reader$user\@outside.example"],
        login => "user$user", password => 'secret');
    is($status, 0, "user$user of $domain sends") or diag($transcript);
    return [grep { $_ eq 'VOL_SHAPE_REPEAT' } @{ row($id)->{hits} }];
}

subtest 'a text from the logins of four organisations tells of stolen passwords' => sub {
    is_deeply(send_offer($_, 'colleagues.example'), [], 'not while they are colleagues') for 1 .. 4;
    # These are one organisation of the four.
    is_deeply(send_offer($_, "firm$_.example"), [], "not yet with $_") for 5, 6;
    restart('KILL');
    is_deeply(send_offer(7, 'firm7.example'), ['VOL_SHAPE_REPEAT'], 'with the fourth, also after a restart');
    is_deeply(send_offer(5, 'firm5.example'), ['VOL_SHAPE_REPEAT'], 'and from then on with each');
};

subtest 'outvet check asks the ledger where it is told to' => sub {
    my $file = "$box->{dir}/invitation.eml";
    Sandbox::spew($file, letter('Open weekend', body => invitation('Ann', 1)));
    my @envelope = ('--sender', 'paul@sandbox.example', '--recipient', 'ann@outside.example');
    my (undef, $out) = $box->outvet('check', '--json', @envelope, $file);
    is(decode_json($out)->{class}, 'personal', 'not by itself');
    (undef, $out) = $box->outvet('check', '--json', '--history', @envelope, $file);
    is(decode_json($out)->{class}, 'bulk', 'with --history');
    Sandbox::spew("$box->{dir}/no-ledger.conf", "[rules]\ndirectories = $box->{dir}/rules\n[ledger]\npath = $box->{dir}/none.sqlite\n");
    my ($status, undef, $err) = $box->run(["$Sandbox::build/outvet", 'check', '--history', $file, '--config', "$box->{dir}/no-ledger.conf"]);
    is($status, 69, 'no ledger to ask');
    like($err, qr/none\.sqlite/, 'and says which');
};

done_testing;
