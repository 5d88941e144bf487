#!/usr/bin/perl
# Mail that opendkim signs in a private Postfix, with outvetd behind the signer and before it, by a
# login's submission, from the host's own network and by sendmail(1).
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use MIME::Base64 qw(encode_base64);
use NameServer;
use OpenDkim;
use POSIX ();
use Sandbox;
use Test::More;

plan skip_all => "a private Postfix needs root" if $> != 0;
my $domain = 'kranichwerke-test.net';
my @to = ('ann@otherhouse-test.org');

my $keys = File::Temp::tempdir('outvet-keys-XXXXXXXX', TMPDIR => 1, CLEANUP => 1);
system('openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out ' . "$keys/key.pem 2>$keys/log") == 0
    or die "openssl: no key\n";
my $public = encode_base64(`openssl pkey -in $keys/key.pem -pubout -outform DER`, '');
my $server = NameServer->new(<<"END" . "mail._domainkey.$domain. TXT " . join(' ', map {"\"$_\""} unpack '(A200)*', "v=DKIM1; k=rsa; p=$public") . "\n");
$domain. MX 10 mx.$domain.
mx.$domain. A 192.0.2.25
otherhouse-test.org. MX 10 mx.$domain.
END
my $signer = OpenDkim->new(keys => {mail => "$keys/key.pem"}, domain => $domain);
my $receiver = OpenDkim->new(dns => $server->address);

my $box = Sandbox->new(dns => $server->address, settings => "[egress]\nsigning = before\n");
$box->add_login('shop', 'secret');
my %place = (
    'behind the signer' => [$signer->{socket}, $box->{milter_socket}],
    'before the signer' => [$box->{milter_socket}, $signer->{socket}],
);

# Where outvetd stands, and what it is told of the signer.
sub arrange {
    my ($where, $signing) = @_;
    $box->stop_postfix;
    $box->{milter} = join ', ', map {"unix:$_"} @{ $place{$where} };
    $box->write_postfix;
    $box->write_settings("[egress]\nsigning = $signing\n");
    is(($box->outvet('config', 'reload'))[0], 0, "$where, told signing = $signing");
    $box->start_postfix;
    return;
}

sub letter {
    my ($id) = @_;
    my $date = POSIX::strftime('%a, %d %b %Y %H:%M:%S +0000', gmtime);
    return <<"END";
From: Paul Miller <paul\@$domain>
To: Ann Weaver <$to[0]>
Subject: Minutes of the meeting
Date: $date
Message-ID: <$id\@$domain>
MIME-Version: 1.0
Content-Type: text/plain; charset=us-ascii

Dear Ms Weaver,

thank you for your call. The report that you asked for will be ready
by Thursday, and I will bring two copies  to the meeting.

Kind regards
Paul Miller
END
}

my %way = (
    'a login' => sub { $box->send_smtp(@_, login => 'shop', password => 'secret') },
    'the network' => sub { $box->send_smtp(@_) },
    'sendmail(1)' => sub { $box->send_local(@_) },
);

# One message each way: [how, its row with its hits of DKIM, how it arrived].
my $serial = 0;
sub send_each_way {
    my %id;
    for my $how (sort keys %way) {
        $id{$how} = 'letter-' . ++$serial;
        my ($status, $out) = $way{$how}->(message => letter($id{$how}), from => "paul\@$domain", to => \@to);
        is($status, 0, "by $how: taken") or diag $out;
    }
    $box->wait_quiet;
    return map {
        my $message_id = "<$id{$_}\@$domain>";
        my ($row) = $box->ledger("select * from messages where message_id = '$message_id'");
        $row->{hits} = [map { $_->{rule} }
                $box->ledger("select rule from hits where message = $row->{id} and rule like 'AUTH_DKIM%' order by rule")];
        my ($arrived) = grep {/^Message-ID: \Q$message_id\E/mi} $box->delivered;
        [$_, $row, ($arrived // '') =~ s/\r\n/\n/gr]
    } sort keys %id;
}

sub is_signed {
    my ($how, $arrived) = @_;
    like($receiver->verify($arrived), qr/dkim=pass/, "by $how: its signature holds at the receiver's");
    return;
}

$box->start;

subtest 'behind the signer a signed message passes' => sub {
    arrange('behind the signer', 'before');
    for my $sent (send_each_way()) {
        my ($how, $row, $arrived) = @$sent;
        is($row->{verdict}, 'accept', "by $how: accepted");
        is($row->{dkim}, 'pass', "by $how: the signature holds");
        is($row->{dkim_key}, "mail._domainkey.$domain", "by $how: its key");
        is($row->{aligned}, 'dkim', "by $how: it is From's");
        # By default opendkim leaves Content-Type unsigned, and names fields but once.
        is_deeply([grep {!/^AUTH_DKIM_(COVERAGE|OVERSIGN)$/} @{ $row->{hits} }], [], "by $how: no fault is found");
        is_signed($how, $arrived);
    }
    my ($status, $out) = $box->outvet('trace', "<letter-1\@$domain>");
    like($out, qr/DKIM.*pass.*\Q$domain\E/i, 'outvet trace tells') or diag $out;
};

subtest 'before the signer, and told so, nothing is known of signatures and nothing scores' => sub {
    arrange('before the signer', 'after');
    for my $sent (send_each_way()) {
        my ($how, $row, $arrived) = @$sent;
        is($row->{verdict}, 'accept', "by $how: accepted");
        is($row->{dkim}, undef, "by $how: nothing is known");
        is_deeply($row->{hits}, [], "by $how: nothing is scored");
        is_signed($how, $arrived);
    }
};

subtest 'before the signer, but told to be behind it, the signature is missed' => sub {
    arrange('before the signer', 'before');
    for my $sent (send_each_way()) {
        my ($how, $row, $arrived) = @$sent;
        is($row->{dkim}, 'none', "by $how: none is there");
        is_deeply($row->{hits}, ['AUTH_DKIM_NONE'], "by $how: and that is a fault");
        is_signed($how, $arrived);
    }
};

$box->stop;
done_testing;
