"""One real small file of each format that names articles elsewhere."""

from __future__ import annotations

BOOKMARKS = """<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<TITLE>Bookmarks</TITLE>
<H1>Bookmarks</H1>
<DL><p>
    <DT><H3 PERSONAL_TOOLBAR_FOLDER="true">Barre à moi</H3>
    <DL><p>
        <DT><A HREF="https://www.les-scic.coop/?a=1&amp;b=2" ADD_DATE="1300000000"
            TAGS="statut,Scic">Qu'est-ce qu'une <b>Scic</b> ?</A>
        <DD>Une société à plusieurs
        <DT><H3 FOLDED>Gouvernance</H3>
        <DD>Ce qui se décide
        <DL><p>
            <DT><A HREF="https://exemple.coop/vote">Voter à distance</A>
            <DT><H3>Assemblées</H3>
            <DL><p>
                <DT><A HREF="https://exemple.coop/ag#haut">L'AG &amp; ses suites</A>
            </DL><p>
            <DT><A HREF="javascript:alert(1)">Un petit programme</A>
            <DT><A FEEDURL="https://exemple.coop/rss" HREF="https://exemple.coop/">Un flux</A>
        </DL><p>
    </DL><p>
    <DT><H3>Marque-pages</H3>
    <DL><p>
        <DT><A HREF="HTTPS://Exemple.coop/vote">Le vote</A>
    </DL><p>
    <DT><A HREF="https://exemple.coop/fin">Sans dossier</A>
</DL><p>
"""

PEARLTREES_HTML = """<!DOCTYPE NETSCAPE-Bookmark-file-1>
<DL><p>
<DT><H3 FOLDED ADD_DATE="1318410000">Télétravail</H3>
<DL><p>
<DT><A HREF="http://exemple.coop/telecentre" TARGET="_BLANK" ADD_DATE="1318410000">Un télécentre</A>
<DT><A HREF="http://www.pearltrees.com/t/cooperatives/id2492215" ADD_DATE="1">Coopératives</A>
<DT><A HREF="https://www.pearltrees.com/autre/scop/id77#l12" ADD_DATE="1">Scop</A>
</DL><p>
</DL><p>
"""

PEARLTREES_RDF = """<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#" xmlns:dcterms="http://purl.org/dc/elements/1.1/"
 xmlns:pt="http://www.pearltrees.com/rdf/0.1/#">
<pt:Tree rdf:about="http://www.pearltrees.com/maveille/id1">
   <dcterms:title><![CDATA[maveille]]></dcterms:title></pt:Tree>
<pt:Tree rdf:about="http://www.pearltrees.com/maveille/scop/id2">
   <dcterms:title><![CDATA[Scop & Scic]]></dcterms:title></pt:Tree>
<pt:Tree rdf:about="http://www.pearltrees.com/maveille/reprise/id3">
   <dcterms:title><![CDATA[Reprises]]></dcterms:title></pt:Tree>
<pt:RootPearl rdf:about="http://www.pearltrees.com/maveille/id1?show=item,1">
   <dcterms:title><![CDATA[maveille]]></dcterms:title>
   <pt:parentTree rdf:resource="http://www.pearltrees.com/maveille/id1" /></pt:RootPearl>
<pt:RefPearl rdf:about="http://www.pearltrees.com/maveille/id1?show=item,2">
   <dcterms:title><![CDATA[Scop & Scic]]></dcterms:title>
   <pt:parentTree rdf:resource="http://www.pearltrees.com/maveille/id1" />
   <rdfs:seeAlso rdf:resource="http://www.pearltrees.com/maveille/scop/id2" /></pt:RefPearl>
<pt:RefPearl rdf:about="http://www.pearltrees.com/maveille/scop/id2?show=item,3">
   <dcterms:title><![CDATA[Reprises]]></dcterms:title>
   <pt:parentTree rdf:resource="http://www.pearltrees.com/maveille/scop/id2" />
   <rdfs:seeAlso rdf:resource="http://www.pearltrees.com/maveille/reprise/id3" /></pt:RefPearl>
<pt:PagePearl rdf:about="http://www.pearltrees.com/maveille/reprise/id3?show=item,4">
   <dcterms:title><![CDATA[Ceralep, l'usine]]></dcterms:title>
   <dcterms:identifier>http://exemple.coop/ceralep?a=1&amp;b=2</dcterms:identifier>
   <pt:parentTree rdf:resource="http://www.pearltrees.com/maveille/reprise/id3" />
   <pt:inTreeSinceDate>2011-05-03T19:00:12</pt:inTreeSinceDate></pt:PagePearl>
<pt:AliasPearl rdf:about="http://www.pearltrees.com/maveille/scop/id2?show=item,5">
   <dcterms:title><![CDATA[Une autre collection]]></dcterms:title>
   <pt:parentTree rdf:resource="http://www.pearltrees.com/maveille/scop/id2" />
   <rdfs:seeAlso rdf:resource="http://www.pearltrees.com/autre/id9" /></pt:AliasPearl>
<pt:PagePearl rdf:about="http://www.pearltrees.com/maveille/id1?show=item,6">
   <dcterms:title><![CDATA[À la racine]]></dcterms:title>
   <dcterms:identifier>http://exemple.coop/racine</dcterms:identifier>
   <pt:parentTree rdf:resource="http://www.pearltrees.com/maveille/id1" /></pt:PagePearl>
</rdf:RDF>
"""

OPML = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>Mes flux</title></head><body>
<outline text="Coopératives"><outline title="Scic"
  ><outline type="rss" text="Les Scic" xmlUrl="https://www.les-scic.coop/rss"
   htmlUrl="https://www.les-scic.coop" category="/droit/statuts,ess"/></outline>
  <outline text="L'Avise" type="link" url="https://www.avise.org/articles"/>
</outline>
<outline type="rss" text="Local" xmlUrl="/rss.xml"/>
</body></opml>
"""

DIIGO = '''"title","url","tags","description","comments","annotations","created_at"
"Le mandatement, ""mode d'emploi""","http://exemple.coop/mandatement","sieg,aides d'État","Fiche
sur deux lignes","","","2012/03/05 10:00:00 +0000"
"Sans étiquette","http://exemple.coop/autre","no_tag","","","",""
'''
POCKET = """title,url,time_added,tags,status
http://exemple.coop/pocket,http://exemple.coop/pocket,1300000000,scop|reprise,unread
Une adresse perdue,,1300000001,,archive
"""
RAINDROP = """id,title,note,excerpt,url,folder,tags,created,cover,highlights,favorite
12,La Cuma,,Du matériel partagé,https://a.coop/cuma,Agriculture / Cuma,"matériel, prêt",,,,false
13,Divers,,,https://exemple.coop/divers,Unsorted,,,,,true
"""
SPREADSHEET = """sep=;
Titre;Lien;Mots-clés;Résumé
Une Scop;https://exemple.coop/scop;scop, emploi;Reprise par ses salariés
"""

ADDRESSES = """# à lire
https://exemple.coop/a

- https://exemple.coop/b.
* [Un titre](https://exemple.coop/c_(d))
Le guide des Scic : https://exemple.coop/e
https://exemple.coop/f	Le vote
www.exemple.coop
<https://exemple.coop/g>
exemple point coop
"""
