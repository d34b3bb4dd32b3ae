// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/reading/readingtext.h"
#include "views/widgets/theme.h"

#include <QAbstractScrollArea>
#include <QElapsedTimer>
#include <QTimer>

#include <map>
#include <memory>
#include <vector>

class QThreadPool;

namespace turnstone {

/// What stands above a text, or a line by itself.
struct ReadingHead
{
    enum class Kind { Entry, Chapter, Line };
    Kind kind = Kind::Entry;
    QString title; ///< the speaker, the chapter, the words of a line
    int colour = -1; ///< of the speaker; -1: none
    QString disc;    ///< what the disc before the title says; null: the initials, empty: there is none
    QString chip;    ///< role
    QString note;    ///< phase, vote
    QString meta;    ///< at the right: time, tokens
    QString tip;
    bool joins = false; ///< the same speaker goes on
    bool isBad = false;
    /// The line in the margin that holds together what follows in time: it passes by, has a mark here, or is interrupted.
    enum class Rail { None, Passes, Mark, Gap };
    Rail rail = Rail::None;
    qint64 length = 0;  ///< characters expected
    QString start;      ///< of the text, until it is here
    /// Words to click at the right: id and text.
    std::vector<std::pair<QString, QString>> links;
};

/// A text of an entry.
struct ReadingPart
{
    QString title; ///< empty: the text itself; else a line that folds
    QString text;
    QString format; ///< of textPieces()
    bool isOpen = true;
    std::vector<TextMark> marks; ///< in any order
};

/// A long reading column of entries of any height, of which only what is seen costs anything: heights are estimated until an
/// entry is on the screen, texts are asked for by bodiesWanted() and given by setBody(), taken apart and converted in workers, and
/// forgotten again. What is at the top of the view stays there while heights above it change.
///
/// Loads nothing from anywhere. For the screen reader it is a list of the entries that can be seen, each with its speaker and
/// text as name. GUI thread only.
class ReadingView final : public QAbstractScrollArea
{
    Q_OBJECT

public:
    explicit ReadingView(QThreadPool &workers, QWidget *parent = nullptr);
    ~ReadingView() override;

    /// Replaces everything; the entry at the top stays at the top if `keepPlace`.
    void setHeads(std::vector<ReadingHead> heads, bool keepPlace = false);
    void setBody(int entry, std::vector<ReadingPart> parts);
    /// Asks for all texts again; marks or what is shown of them changed.
    void forgetBodies();
    /// The sentence that stands where there are no entries.
    void setEmptyText(const QString &text);
    const QString &emptyText() const { return m_emptyText; }

    int count() const { return static_cast<int>(m_items.size()); }
    const ReadingHead &head(int entry) const { return m_items[static_cast<std::size_t>(entry)].head; }
    int current() const { return m_current; }
    void setCurrent(int entry);
    /// To the top of the view.
    void scrollTo(int entry);
    /// With a place in a text: to where it stands, opening what hides it. `part` counts as in setBody().
    void scrollToText(int entry, int part, qsizetype position);
    int firstVisible() const;
    /// Entries of which something can be seen.
    std::vector<int> visibleEntries() const;
    QRect rectOf(int entry) const;
    /// The texts of an entry as far as they are here; its beginning otherwise.
    QString textOf(int entry) const;
    /// Whether everything that can be seen is there and measured.
    bool isSettled() const;
    QString selectedText() const;
    void copySelection();
    void activate(int entry);

signals:
    void bodiesWanted(const std::vector<int> &entries);
    void currentChanged(int entry);
    void linkActivated(int entry, const QString &id);
    void menuRequested(int entry, const QPoint &globalPosition);
    void firstVisibleChanged(int entry);
    void settled();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void changeEvent(QEvent *event) override;
    bool viewportEvent(QEvent *event) override;

private:
    struct Piece
    {
        TextPiece text;
        std::shared_ptr<QTextDocument> document;
        int width = -1; ///< for which `height` was measured
        int height = 0;
        bool isAsked = false;
    };
    struct Part
    {
        ReadingPart part;
        std::vector<Piece> pieces;
        bool isCut = false;   ///< taken apart
        bool isAsked = false;
        std::size_t shown = 0;
        qsizetype wanted = 0; ///< characters
    };
    struct Item
    {
        ReadingHead head;
        std::vector<Part> parts;
        bool hasBody = false;
        bool isAsked = false;
        int height = 0;
    };
    struct Place
    {
        int item = -1;
        int part = -1;
        int piece = -1;
        friend bool operator==(const Place &, const Place &) = default;
    };
    /// What a click meets.
    struct Hit
    {
        enum class What { Nothing, Head, Fold, More, Text, Link } what = What::Nothing;
        Place place;
        QPoint inPiece;
        QString link;
    };
    struct Geometry
    {
        int left = 0;
        int width = 0;
    };

    Geometry column() const;
    int lineHeight() const;
    int headHeight(const Item &item) const;
    int estimatedTextHeight(qint64 characters) const;
    int partHeight(const Part &part) const;
    int measure(const Item &item) const;
    void updateHeight(int item);
    void rebuildSums();
    qint64 top(int item) const;
    int itemAt(qint64 y) const;
    void updateScrollBar();
    void keepPlace();
    void wantBody(int item);
    void askForBodies();
    void cutPart(int item, int part);
    void wantDocument(const Place &place);
    void askForDocuments();
    void forgetFarDocuments();
    void checkSettled();
    void approachGoal();
    TextLook look(bool isAside, const Part &part) const;
    Hit hitAt(const QPoint &position) const;
    void toggle(const Place &place);
    void showMore(const Place &place);
    void paintItem(QPainter &painter, int index, int y);
    void paintRail(QPainter &painter, int index, int y) const;
    void paintHead(QPainter &painter, const Item &item, int y) const;
    void paintDisc(QPainter &painter, QPoint right, const QColor &colour, const QString &said) const;
    void paintLinks(QPainter &painter, const Item &item, int y) const;
    int paintPart(QPainter &painter, int index, int part, int y);
    void paintSticky(QPainter &painter) const;
    std::vector<std::pair<QRect, QString>> linkRects(const Item &item, int y) const;
    QString moreText(const Part &part) const;

    QThreadPool &m_workers;
    std::vector<Item> m_items;
    std::vector<qint64> m_sums; ///< Fenwick tree of heights
    int m_current = -1;
    int m_anchorItem = 0;
    int m_anchorOffset = 0;
    bool m_isAdjusting = false;
    quint64 m_generation = 0;
    std::vector<int> m_wantedBodies;
    std::vector<Place> m_wantedDocuments;
    QTimer *m_ask;
    Place m_selection;
    int m_selectionFrom = 0;
    int m_selectionTo = 0;
    bool m_isSelecting = false;
    qsizetype m_documents = 0;
    qsizetype m_bodyCharacters = 0;
    /// A frame lays out for so long; the rest of what can be seen comes with the next one.
    QElapsedTimer m_frame;
    bool m_isLate = false;
    QString m_emptyText;
    bool m_wasSettled = false;
    int m_lastFirst = -1;
    Place m_goal; ///< of scrollToText(), until it is there
    qsizetype m_goalPosition = 0;
};

} // namespace turnstone
