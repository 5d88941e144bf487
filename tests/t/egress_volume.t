#!/usr/bin/perl
# What leaves by one egress address: mailings beside transactional mail, mailings of two domains; also
# after outvetd was killed. Each recipient is a message.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use MilterClient;
use POSIX ();
use Sandbox;
use Test::More;

my $box = Sandbox->new(no_postfix => 1, settings => <<'END');
[verdict]
tag = 50
hold = 60
reject = 200

[egress]
addresses = 192.0.2.25

[egress other]
senders = *@apart-test.net
addresses = 192.0.2.26
END
Sandbox::spew("$box->{dir}/rules.d/held.conf", <<'END');
[TEST_HELD]
when = subject.text matches /please hold/
score = 0
ask = hold
group = volume
END
$box->start_outvetd;
my $client = MilterClient->new(path => $box->{milter_socket});
my $number = 0;

sub last_line { return (reverse grep { / verdict=/ } split /\n/, $box->outvetd_log)[0] }

# The VOL_ rules about egress addresses that it hits.
sub hits_of {
    my ($domain, $subject, $header, $recipients) = @_;
    my $now = POSIX::strftime('%a, %d %b %Y %H:%M:%S +0000', gmtime);
    $number++;
    $client->tell(<<"MESSAGE", from => "post\@$domain", to => [map {"reader$_\@outside.example"} 1 .. $recipients]);
From: Post <post\@$domain>
To: Ann <ann\@outside.example>
Subject: $subject
Date: $now
Message-ID: <$number.$$\@$domain>
$header
Number $number, and what belongs to it.
MESSAGE
    my ($hits) = last_line() =~ / hits=(\S*)/;
    return join ' ', grep {/^VOL_(?:STREAM_MIX|DOMAIN_IP_SHARED)/} map {s/=.*//r} split /,/, $hits // '';
}
sub mailing { return hits_of($_[0], 'News of the month', "List-Id: <news.$_[0]>\nList-Unsubscribe: <https://$_[0]/u>\nPrecedence: bulk\n", 900) }
sub held_mailing {
    my $hits = hits_of($_[0], 'please hold', "List-Id: <news.$_[0]>\nPrecedence: bulk\n", 900);
    like(last_line(), qr/ verdict=hold /, 'held');
    return $hits;
}
sub invoice { return hits_of($_[0], "Your invoice $number", "Auto-Submitted: auto-generated\n", 1) }

sub restart {
    my ($signal) = @_;
    $client->quit;
    $box->stop_outvetd($signal);
    $box->start_outvetd;
    $box->wait_until('history to be filled in', 30, sub { ($box->outvet('status', '--json'))[1] =~ /"history":\s*"ok"/ });
    $client = MilterClient->new(path => $box->{milter_socket});
}

subtest 'mailings and transactional mail by one address' => sub {
    is(invoice('shop-test.net'), '', "invoice $_") for 1 .. 101;
    is(mailing('news-test.net'), '', "mailing $_") for 1 .. 6;
    is(mailing('news-test.net'), 'VOL_STREAM_MIX', 'after 5,400 messages of mailings');
    is(invoice('shop-test.net'), 'VOL_STREAM_MIX', 'an invoice is told, too');
    restart('KILL');
    is(mailing('news-test.net'), 'VOL_STREAM_MIX', 'after a restart');
};

subtest 'mailings of two domains by one address' => sub {
    is(mailing('paper-test.net'), 'VOL_STREAM_MIX', "mailing $_ of the second") for 1 .. 2;
    is(mailing('paper-test.net'), 'VOL_DOMAIN_IP_SHARED VOL_STREAM_MIX', 'after 1,800 messages');
    is(mailing('news-test.net'), 'VOL_DOMAIN_IP_SHARED VOL_STREAM_MIX', 'and the first is told, too');
    is(mailing('small-test.net'), 'VOL_STREAM_MIX', 'who sends little may share');
};

subtest 'another address' => sub {
    is(invoice('apart-test.net'), '', "invoice $_") for 1 .. 101;
    is(held_mailing('apart-test.net'), '', "mailing $_, which is held") for 1 .. 6;
    is(mailing('apart-test.net'), '', 'nothing of the other address counts, nor what is held');
};

$client->quit;
is($box->stop_outvetd, 0, 'a clean end');
done_testing;
