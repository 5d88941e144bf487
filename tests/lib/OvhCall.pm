# Calls of the OVH API made by hand, right or wrong in what a test says: the reference that the
# stand-in is tested with.
package OvhCall;

use strict;
use warnings;
use Digest::SHA qw(sha1_hex);
use Exporter 'import';
use HTTP::Tiny;
use IO::Socket::SSL;
use JSON::PP ();
use OvhApi;
use Time::HiRes qw(time);
our @EXPORT_OK = qw(call got raw signature told);

my $json = JSON::PP->new->allow_nonref;

sub signature {
    my ($secret, $consumer, $method, $url, $body, $time) = @_;
    return '$1$' . sha1_hex(join '+', $secret, $consumer, $method, $url, $body, $time);
}

sub http {
    my ($api, %option) = @_;
    return HTTP::Tiny->new(timeout => 60, max_redirect => 0, verify_SSL => 1,
        SSL_options => {SSL_ca_file => $api->ca}, %option);
}

# A signed call; gives {status, header, content, json}. In the hash what is otherwise than it should
# be: body, sent (in place of it), key, secret, consumer, time, signature, url (that is signed),
# url_sent, header (hash; undef takes one away); scheme; option (hash, of HTTP::Tiny).
sub call {
    my ($api, $method, $path, %odd) = @_;
    my $url = $odd{url} // $api->url($odd{scheme}) . $path;
    my $body = $odd{body} // '';
    my $time = $odd{time} // int time;
    my $consumer = $odd{consumer} // OvhApi::CONSUMER_KEY;
    my $signature = $odd{signature}
        // signature($odd{secret} // OvhApi::APPLICATION_SECRET, $consumer, $method, $url, $body, $time);
    my %header = ('X-Ovh-Application' => $odd{key} // OvhApi::APPLICATION_KEY, 'X-Ovh-Consumer' => $consumer,
        'X-Ovh-Timestamp' => $time, 'X-Ovh-Signature' => $signature,
        $body ne '' ? ('Content-Type' => 'application/json') : (), %{ $odd{header} // {} });
    delete @header{ grep { !defined $header{$_} } keys %header };
    return told(http($api, %{ $odd{option} // {} })
            ->request($method, $odd{url_sent} // $url, {headers => \%header, content => $odd{sent} // $body}));
}

# A GET without any header of the API, or with those given.
sub got {
    my ($api, $url, %header) = @_;
    return told(http($api)->get($url, {headers => \%header}));
}

sub told {
    my ($answer) = @_;
    return {status => $answer->{status}, header => $answer->{headers}, content => $answer->{content},
        json => scalar eval { $json->decode($answer->{content}) }};
}

# Sends octets on a connection of its own, and gives all that comes back until it ends, or until it
# is what enough matches.
sub raw {
    my ($api, $scheme, $octets, $enough) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $api->{port}{$scheme}) or die "connect: $!\n";
    if ($scheme ne 'http') {
        IO::Socket::SSL->start_SSL($socket, SSL_ca_file => $api->ca, SSL_hostname => 'eu.api.ovh.com',
            SSL_verifycn_name => 'eu.api.ovh.com', SSL_verifycn_scheme => 'http')
            or die "TLS: $IO::Socket::SSL::SSL_ERROR\n";
    }
    print {$socket} $octets;
    my $all = '';
    local $SIG{ALRM} = sub { die "no end of the answer within 60 s: $all\n" };
    alarm 60;
    while (sysread $socket, $all, 65536, length $all) {
        last if $enough && $all =~ $enough;
    }
    alarm 0;
    return $all;
}

1;
