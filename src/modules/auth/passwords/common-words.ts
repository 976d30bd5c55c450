/**
 * Words that make up leaked passwords again and again, most of them what is left of the most frequent ones once their
 * digits, symbols and leet spelling are taken off (source: the MIT-licensed list of zxcvbn-ts 4, ranked by frequency).
 */
export const COMMON_WORDS: ReadonlySet<string> = new Set(
  `
aardvark aaron aberdeen abgrtyu abigail abraham absolut access accord account achilles action active adam
adgjmptw adidas admin administrator admiral adonis adrian adriana adult aezakmi africa again agent aggies
aikido airborne airbus airforce airplane alabama alan alaska albatros albert alberto albion alejandr
aleksandr alex alexande alexander alexandr alexandra alexis alfa alfred alibaba alice alicia alien aliens
alison allen alliance allison allsop alpha alpine alucard always alyssa amadeus amanda amateur amazon amber
amelia america american amsterda amsterdam anaconda anakin anarchy anastasia anders anderson andre andrea
andreas andrei andres andrew andrey andy anfield angel angela angelica angelina angelo angels angie anhyeuem
animal animals anime anna annette annie answer anthony anton antonio anubis anything apache apollo apple
applepie apples april aquarius aragorn archer archie area arizona arjay armani arnold artemis arthur artist
asdasd asdfasdf asdfjkl asdzxc ashley ashton asian aspire aspirine asterix astrid astros athena atlanta
atlantic atlantis atomic attack auburn audrey august aurora aussie austin australi australia autumn avalon
avatar avenger awesome azamat azerty azsxdc azsxdcfv babies baby babyboy babydoll babygirl babylon back
backdoor backend bacon badboy baddog badger baggins bailey ball baller balloon bambam banana bananas bandit
banker banshee barbara barber barbie barcelon barcelona barkley barney barry barsik bart baseball basket
basketba basketball batman battle baxter beach beagle beanie bear bears beast beastie beatles beatrice
beautiful beauty beckham becky beefcake beer beetle believe belinda bell bella belle bender benjamin bennett
benny benson bentley berlin bernard bernie bertha bertie bethany better betty beverly bianca bicycle bigbear
bigbird bigboy bigdaddy bigdog bigfoot bigger biggie bigguy bigmac bigman bigmoney bigone bigtime bikini
bill billie billy billybob billyboy bingo bird birdie birdman birthday biscuit bishop biteme blabla black
blackcat blackdog blackhaw blackie blackjac blackman blacks blacky blade blades blahblah blake blaster
blazer blessed blink blizzard blondie blood bloody blue bluebird blueboy bluedog blueeyes blues bluesky boat
bobafett bobbie bobbob bobby bobcat boeing bogart bogdan bomber bonita bonjour bonkers bonnie bonsai booger
boogie boomer bootie boots boris bosco boss bossman boston bottle bottom bowler bowling bowser boxing boys
brad bradford bradley brandi brando brandon brandy brasil braves brazil breast breeze brenda brendan brian
briana brianna bridge bridget brighton bristol britney brittany broadway broder broken bronco broncos brooke
brooklyn brooks brother brothers brown brownie browns bruce brucelee bruins bruno brutus bryan bryant bubba
bubbas bubble bubbles buck buckeye buckeyes buckshot buddha buddy budlight budman budweise buffalo buffett
buffy bull bulldog bulldogs bullet bullseye bunghole bunny burger burton bush business buster butch butler
byteme cabbage cactus cadillac caesar caitlin calico caliente californ california caligula callie calvin
camaro camel camelot camels camera cameron camilla camille campbell canada canadian cancel cancer cancun
candle candy candyman cannon canon cantona capital capone captain caramel cardinal carl carlo carlos carlton
carmen carol carole carolina caroline carolyn carpet carrera carrie carrot carson carter cartman cartoon
caserta casey cash casino casper cassidy cassie castle catalina catch catdog catfish catherin catherine
catman cats cavalier caveman ccbill cdtnkfyf cecilia celeste celica celine celtic celtics cent center
central cessna chad chainsaw chair champ champion champs chance chandler chanel chang change changeme chaos
charger chargers charles charley charli charlie charlott charlotte charlton charly charmed chase chaser
check cheers cheese cheetah chelsea chemical cheng cherokee cherry cheryl chester chevelle chevrole chevy
chewie cheyenne chicago chichi chicken chickens chicks chico chief chiefs children china chipper chivas
chloe chocolat chocolate chong chopper chris chrisbln chrissy christ christia christian christin christine
christop christopher christy chronic chrono chubby chuck chucky church cigars cinder cindy cinnamon city
cjkysirj cjkywt claire clancy clapton clarence classic claude claudia clayton clemson clifford clinton
clipper clitoris cloud clover cobra cocacola coconut cody coffee cohiba coke coleman colleen college collins
colombia colorado colors colt coltrane columbia columbus comics command commando company compaq compute
computer concrete condom condor connect conner connie connor conrad consumer content contrasena control
cookie cookies cool cooler coolguy coolio coolman cooper cooter copper corona corrado corvette cosmo cosmos
cosworth cotton cougar country courtney cowboy cowboys coyote cracker craig crash crawford crazy crazybab
creative credit cricket crimson cristina critter cruise cruiser crunch crusader crysis crystal cthulhu
cthutq cuddles cupcake curious curtis custom cutter cxfcnmt cyber cyclone cyclops cynthia cypress daddy
daewoo dagger daisy dakota dale dalejr dallas dalton damage damian damien dammit dana dance dancer dang
danger danie daniel daniela danielle daniil danila danni danny dannyboy danzig daphne dark darkness darkside
darkstar darling darren darwin dave david davids davidson davis dawg dawn dawson daytona dbrnjhbz deacon
dead deadhead deadman dean deanna death debbie deborah december deedee deeznuts default defender defiant
deftones delete delta demon denali denis denise deniska dennis denver depeche derrick desert design designer
desire deskjet destiny detroit dexter dfkthbz dfkthf dfktynbyf dfvgbh diablo diamond diamonds diana diesel
dietcoke digger digital dilbert dilligaf dillon dima dinamo ding dingdong dinosaur direct director dirty
discover disney divine dixie dkflbckfd dkflbvbh doberman doctor dodge dodger dodgeram dodgers dogg doggie
doggy dogman dogs dollar dollars dolphin dolphins dominic domino donald dong donkey donna donnie doobie
doodle dookie dorothy double doug doughboy douglas down downtown dracula drago dragon dragons dragoon drake
dream dreamer dreams drew driver drizzt drowssap drpepper drummer dthjybrf dublin ducati duchess duck dude
dudley duke duncan durango duster dustin dusty dylan eagle eagles eastside easy eatme eclipse eddie eduard
edward edwards eeyore eileen einstein ekaterina elaine electric element elena elephant eleven elijah
elizabet elizabeth elliot elliott elvira elvis elwood emerald emerson emily eminem emma emmanuel emmitt
empire energy engage engine engineer england english enigma enjoy enter enterpri enterprise eric erica
ericsson erik ernest escape escort esther eternity eugene europa europe evelyn everest everton excalibu
exigen exigent exodus explorer express extreme fabian fabie fabric faith falcon falcons fallen fallout
family fang fantasy farmer farside fashion fast faster fatboy fatcat father fatima fatman feather february
federico feet felicia felix fender fernand fernando ferrari ferret ficken fiesta figaro fighter filter
finish fire fireball firebird firefly firefox fireman first fish fisher fishes fishing fitness fktrcfylh
fktrcfylhf fktrctq flames flamingo flash flatron fletch fletcher flight flipper floppy florence florian
florida flounder flower flowers floyd fluffy flyboy flyers flying foobar football ford fordf forest forever
forfun forget forgot formula forrest fortuna fortune fossil foster fowler foxtrot france frances francis
franco francois frank frankie franklin franky freak freaks freaky freckles fred freddie freddy free freedom
freeman freeuser french friday friend friends fright frisco fritz frodo frog frogger froggy front frontier
frosty frozen fubar fugazi function funny funtime fusion future fyfcnfcbz fylhtq gabrie gabriel galaxy
galina galore gambit gandalf garage garbage garcia garden garfield gargoyle garrett gary gateway gator
gators gbpltw geheim gemini general genesis genius george georgia gerald gerard german germany geronimo
getmoney getsome gfhjkm ghbdtn ghbdtnbr ghetto ghjcnj ghjcnjnfr ghost giant giants gibson gilbert gillian
ginger giorgi giovanni girl girls giuseppe gizmo gizmodo gjkbyf global gloria gmoney goalie goblin goblue
goddess godsmack godzilla gofish goforit goku gold goldberg golden goldfish goldie golf golfer golfing
goliath gonzo goober good goodbye goodluck goodman google goose gopher gordon gorilla gotcha gotohell govols
grace gracie graham grandma granny grant grateful great greatone green greenbay greenday greens greg gregory
gremlin grendel gretchen griffey griffin gringo grizzly groovy groucho grover grumpy guardian guest guiness
guinness guitar gundam gunnar gunner gunners gustav hacker hailey halflife hallo hamburg hamilton hamlet
hammer hammers hamster handsome hank hannah hannibal hansen hansolo happy happyday hard harder harley
harmony harold harper harris harrison harry harvey hastings hawaii hawk hawkeye hayden hayley head heart
hearts heather heaven hector hedgehog heidi helen helena hell hellfire hello helloo hellyeah help helpme
hendrix henry hentai herbert herbie hercules herman hermes hershey hesoyam hidden highland hilton hiphop
history hithere hitman hjvfirf hobbes hobbit hockey holden holiday holland holly hollywoo hollywood holmes
home homer homers homerun honda honey hongkong hooter hoover hope hopper horizon horndog hornet horney horse
horses hotboy hotdog hotrod hotshot hotstuff hottie house houses houston howard hudson hummer hungry hunter
hunting hurrican husker huskers huskies hyperion ibanez iceman iforgot igor iguana ihateyou illini iloveu
iloveyo iloveyou imagine immortal impala imperial incubus indian indiana indians indigo infantry inferno
infiniti infinity ingrid insane inside integra internet intrepid intruder ireland irina irish ironman isabel
isabella isabelle isaiah island israel italia italian ivan ivanov ivanova iverson iwantu jabroni jack jackal
jackie jackoff jackson jacob jade jaguar jake jamaica james jamesbon jamie jammer jane janice janine january
japan japanese jarhead jasmin jasmine jason jasper java javier jayeeuz jayhawk jazz jazzman jean jeanette
jedi jeep jeff jeffrey jenna jennie jennifer jenny jensen jeremiah jeremy jericho jerkoff jerome jerry
jersey jess jesse jessica jessie jester jesus jethro jillian jimbo jimbob jimmy joanna joanne joejoe joey
johanna johannes john johnny johnson joker jokers jonathan jones jordan jose joseph josh joshua journey
jrcfyf juan judith juggalo juice julia julian julie juliet julius july jumper june junebug jungle junior
jupiter justdoit justice justin justine justme juventus kahuna kaiser kaktus kamikaze kangaroo kansas karate
karen karina karolina kasper katana katerina kathleen kathryn kathy katie katrin katrina kawasaki keeper
keith kelley kelly kelsey kendall kennedy kenneth kenny kenshin kentucky kenwood kenworth kermit kevin
keyboard keystone keywest kicker kids kimber kimberly king kingdom kingkong kingpin kingston kipper kirill
kirsten kiss kisses kissme kitkat kitten kitty kittycat klaster klingon knicks knight knights knopka kodiak
kolobok kong korn koshka kostya kotenok kramer krishna krista kristen kristi kristin kristina kristine
kristy ktyjxrf kume kungfu kyle labrador labtec lacrosse ladies lady ladybug laguna lakers lance lancelot
lancer lansing laptop larisa larry lasvegas latin latino laura lauren laurie lawrence lawyer leader leanne
leather ledzep legacy legend legion legolas lemons lennon leonard leonardo leopard leslie lespaul lestat
lester letmein letsgo lewis lexmark liberty library life lifehack light lightnin lights lillian lincoln
linda lindsay lindsey lineage lion lionking liquid lisa little liverpoo liverpool lizard lizzie lobster
logan login logitech lolipop lollipop lollol london lonely lonestar lonewolf long longhorn looker looking
loopin looser lorenzo lorraine loser louis louise loulou love loveit lovely loveme lover loverboy loveyou
loving lowrider lucas lucifer lucky luckydog lucy ludwig luke luther lvbnhbq macdaddy machine macross madden
maddie maddog madeline madison madman madmax madness madonna madrid maestro maggie magic magick magicman
magnolia magnum magnus maiden mailcreated mailman majestic makaveli maksim malaka malcolm malibu malina
mallard mamapapa manager manchest manchester mandingo mandy maniac manson manuel manutd maradona marathon
marc marcel march marco marcos marcus margaret margarita maria mariah marian marianne marie marilyn marina
marine mariners marines marino mario marion marisa marissa mark market markus marlboro marlene marley marlin
marshall martha martin martina martinez martini marvel marvin mary maryjane maryland mason massimo massive
master masters matador mathew matilda matrix matt matthew mattie mature maureen maurice maverick maxell
maxima maximum maximus maxine maxmax maxwell maxx mayday mayhem maynard meatball meatloaf mechanic megadeth
megaman megan meghan melanie melinda melissa mellon melody melvin member memorex memory memphis mercedes
mercury meredith meridian merlin mersedes metal metallic metallica method mexico miami michael michaela
michel michele michelle michigan mickey microlab microsof microsoft midget midnight mighty miguel mike mikey
milana milano milena miles military miller millie million milton mine minecraft minime minnie miracle mirage
miranda miriam mirror misfit mission missy mister mistress misty mitchell mobile models mojo mollie molly
moloko molson momoney monaco monday mondeo money moneyman moneys mongoose monica monika monique monitor
monkey monkeys monopoly monroe monster montana montreal monty moocow mookie moomoo moon moose morgan
morpheus morris morrison moscow motdepasse mother motorola mountain mouse movie movies mozart mulder
munchkin muppet murphy murray muscle mushroom music musica musicman mustang mustangs mybaby mylove myself
mystery mystic nadine nancy napoleon naruto nascar nasty nastya natali natalia natalie natasha nathalie
nathan national natural nature naughty nccitoia nccitoid nccitoie nebraska nellie nelson nemesis neptune
network nevada newcastl newlife newman newport newton newyork nfnmzyf nguyen nicholas nick nicola nicolas
nicole night nikita nikki nikola nimrod nina niners ninja nintendo nipper nirvana nissan nobody nofear nokia
nolimit none noodle noodles nookie norman norton nothing november nudist nugget number nuttertools nwoalife
nyjets nylons nymets oakland oakley obiwan oblivion october odessa office ohyeah oicu oilers oklahoma oksana
oldman oleg olga oliver olivia olivier omega onelove online onlyme open openup operator oracle orange
oranges oregon orioles orion orlando oscar osiris outlaw overlord oxford pacific packard packer packers
pacman painter pakistan palace paladin palmer pamela panama panasoni panasonic pancho panda pandora pantera
panther panthers panzer paper paradise paradox paris parker parola parrot party pascal passat passion passme
passport passwor password passwords passwort patches patricia patrick patriot patriots patton patty paul
pauline pavilion payton peace peaches peanut peanuts pearl pearljam pebbles pedro peekaboo peewee pegasus
pencil penelope penguin penguins penny penthous pentium people pepper pepsi perfect personal pete peter
peterpan peters peterson peugeot phantom phil philip philips phillies phillip phillips philly phoebe phoenix
photo photos phpbb picard picasso piccolo pickle pickles pics picture pierre piglet pikachu pillow pilot
pineappl ping pingpong pink pinkfloy pioneer pippen pirate pirates pistol pitbull pizza planet plastic
platinum play player playtime please pleasure plumber plymouth poison pokemon polaris police polina
polniypizdec polo polska pompey poncho pontiac poodle pooh poohbear pookie poontang pooter popcorn popeye
poppy porkchop porsche porter portland portugal poseidon positive possum postal potato potter powder powell
power powers precious predator prelude presario presto preston pretty primus prince princes princess printer
private privet prodigy profit psycho pumpkin punisher punkin punkrock puppies puppy pupsik purple putter
pyramid python qawsed qawsedrf qazqaz qazwsx qazwsxed qazwsxedc qazwsxedcrfv qazxsw qazxswedc quality
quantum quattro queen quincy qwaszx qweasd qweasdzxc qweqwe qwerasdf rabbit racecar racerx rachael rachel
racing rafael ragnarok raider raiders railroad rain rainbow raistlin ralph rambler rammstein ramona ramses
randall random randy ranger rangers raptor rascal rasdzv rasputin rastaman raven ravens raymond razz rbhbkk
rctybz ready reagan reality reaper rebecca rebel rebels redalert redbull reddog redhead redhot redman redrum
redskins redsox redwings reebok reggie regina remember renault renegade rereirf rescue research respect
retired revenge review rfhbyf rfnthbyf rfrfirf rfrnec rhbcnbyf rhonda ricardo rich richard richards richie
richmond rick ricky rightnow ripper river rjirfrgbde rjntyjr robbie robert roberta roberto roberts robin
robinson robotech rock rocker rocket rockets rockon rocks rocky rodney roger rogers roland roller rolltide
roman romance romashka romeo rommel ronald ronaldo ronnie rookie rooster rootbeer roscoe rose rosebud rosie
rotten route rovers roxanne royals rubber rugby rules rulez runner running rupert rush ruslan russell russia
russian rustam rusty ryan sabbath sabina sabine sabres sabrina sadie safari safety sailboat sailing sailor
saint saints sakura sally salmon salvador samantha samara samiam sammie sammy sampson samson samsung samuel
samurai sanchez sanders sandiego sandman sandra sandro sandy santana santiago santos sapphire sara sarah
saratoga sasha sassy saturday saturn saun sausage savage savannah sayang scania scarface scarlet scarlett
school science scooby scoobydo scooter scorpio scorpion scotch scotland scott scottie scotty scratch scruffy
scully seamus sean search seattle sebastia sebastian secret security seeker seinfeld select selena seminole
semperfi senior sentinel septembe september serega serena serenity sergei sergey sergio server service
sesame seven shado shadow shalom shaman shamrock shane shaney shania shannon shaolin shark sharks sharky
sharon shasta shaved shazam shearer sheena sheila shelby shelley shelly sherlock sherman sherry sherwood
shiloh shirley shogun shooter shopping short shorty shotgun showme showtime sidney siemens sierra silence
silver silvia simba simon simona simone simple simpson simpsons sinatra sinbad sinclair singer single sinner
sirius sister sithlord sixers skater skeeter skidoo skiing skinny skipper skippy skittles skorpion skydive
skyline skywalke skywalker slacker slappy slapshot slayer sleepy slider slipknot small smegma smelly smile
smiles smiley smith smitty smoke smoker smokey smokin smooth smudge snake snakes snapper snapple sneakers
snickers sniper snoopdog snoopy snow snowball snowboar snowman snuggles sobaka soccer socrates softball
software soldier soleil solnce solomon solution somethin sommer song sonic sony sooner sooners sophia sophie
southern space sparkle sparks sparky sparrow sparta spartak spartan spartans spawn speaker spears special
spectrum speed speedy spencer spider spiderma spiderman spidey spike spirit spitfire splash splinter spooky
sport sports spring springer sprint sprite spunky spurs spyder squirrel srinivas stacey stalker stallion
standard stanley star starcraft stardust stargate stars starship startrek starwars static station stealth
steele steeler steelers stefan stefano stella steph stephani stephanie stephen sterlin sterling steve steven
stevie stewart stick sticks sticky stimpy stinger stingray stinky stocking stocks stolen stone stonecol
stoner stones storm stormy strange stranger street strider strike striker strong stuart stud student studio
studly stuff stupid subaru sublime subway success sugar sultan summer summit sundance sunday sunny sunnyday
sunrise sunset sunshine super superfly superman supersta support surf surfer surfing susan susanne suzanne
suzuki svetik svetlana sweden sweet sweetie sweetpea sweets sweety swimmer swimming swinger swingers sword
swordfis swordfish sydney sylvia syracuse system tabitha tacobell tacoma tamara tammy tang tanker tanner
tanya tara tardis target tarheel tarheels tarzan tasha tatiana tattoo tatyana taurus taylor tazman tazmania
tdutybq teacher team technics techno teddy tekken telefon temp tempest temple temporary tennis tequila
teresa terminal terminator terror terry test tester testing texas thailand thanatos thanks thankyou theboss
thecat thegame thekid theking theman theodore theone theresa therock thesims thomas thompson thor thuglife
thunder thursday tickle tiffany tiger tigers tigger tight timber time timmy timothy tina tinker tinman
tintin titanic titanium titans titleist tobias toby today tolkien tomato tomcat tommy tommyboy tomtom tony
tool tootsie topcat topdog topgun topher topper tornado toronto torres toshiba tottenha toyota tracey
tractor tracy trader traffic train trains trance transam translator travel travis treasure trebor tree
trevor trfnthbyf tricky trident trigger trinidad trinity trisha tristan triton triumph trixie trojan trojans
trooper trouble trout truck trucker trucks truelove trumpet trunks trustno tsunami tucker tuesday tunafish
tundra turbo turkey turner turtle tweety twilight twisted twister tyler typhoon tyrone ultima ultimate
umbrella underdog undertaker unicorn united universe unknown unreal usmc utopia vacation vader valentin
valentina valera valeria valerie valhalla valley vampire vanessa vanhalen vanilla vector vectra vegeta
velvet venus verbatim veritas vermont vernon verona veronica veronika vertigo vette vfczyz vfhbyf vfhecz
vfhufhbnf vfksirf vfrcbv vfrcbvrf vfvekz vfvjxrf viagra victor victoria victory video vietnam viewsonic
viking vikings viktor viktoria village vincent violet viper vipers vision vitalik vivian vkontakte vladik
vladimir vladislav volley volume voodoo vortex voyager vulcan wagner walker wallace walleye wally walnut
walrus walter wapbbs warcraft warhammer warlock warlord warren warrior warriors wassup watcher water
waterloo waters watson wayne weasel weather webmaster webster wednesday weezer welcome wendy werewolf werner
wesley west western westham westside whatever wheels whiskey whisper white whitesox whitey whitney whocares
whynot wibble wicked wilbur wildcat wildcats wildfire william williams willie willis willow willy wilson
window windows winner winnie winston winter wisdom wizard wolf wolfie wolfman wolfpack wolverin wolverine
wolves woman wombat women wonder wood woody woofwoof wookie work world wrangler wrestlin wright wrinkle
writer wutang xanadu xavier xbox xfiles xtreme yamaha yankee yankees ybrbnf ybrjkfq yellow yfnfif yomama
yosemite young yourmom yvonne yzerman zachary zaphod zaqixsw zaqwsx zaqxsw zenith zeppelin zidane zipper
zombie zorro zvezda zxcasd zxcasdqwe
`
    .trim()
    .split(/\s+/),
);
