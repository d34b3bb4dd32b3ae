// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/value.h"
#include "models/json/jsonfind.h"
#include "views/record/longtext.h"

#include <QWidget>

#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

class QLabel;
class QPlainTextEdit;
class QStackedWidget;
class QTabBar;
class QThreadPool;
class QToolButton;
class QTreeView;

namespace turnstone {

class FindBar;
class HexView;
class JsonItemModel;
class SafeBrowser;
class VectorView;
struct ValueReading;

/// One value in the form that suits it, with the other forms a click away: text, Markdown, JSON, image, vector, bytes. Values
/// are taken apart in the workers. A long text is shown in parts; words are found in all of them. GUI thread only.
class ValueView final : public QWidget
{
    Q_OBJECT

public:
    explicit ValueView(QThreadPool &workers, QWidget *parent = nullptr);

    void clear(const QString &sentence);
    void showProgress(const QString &text);
    /// `meaning` as the profile has it; `name` is for the file's name when the value is saved.
    void show(const Value &value, const QString &typeName, const QString &meaning, const QString &name);

    /// Opens the field for words to be found in what is shown.
    void find();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void buildPages();
    void addPage(const QString &page, QWidget &widget);
    void showMarkdown(const ValueReading &reading);
    void showImage(const ValueReading &reading);
    void showVector(const ValueReading &reading);
    void showBytes(const ValueReading &reading);
    void buildPartBar();
    void showReading(const ValueReading &reading);
    void showPage(const QString &page);
    void save();
    /// Shows a part of the text; `then` runs once it is there.
    void showPart(int part, const std::function<void()> &then = {});
    QString page() const;
    void search();
    void step(int by);
    void showMatch();
    void closeFind();

    QThreadPool &m_workers;
    QLabel *m_about;
    QTabBar *m_tabs;
    QToolButton *m_copy;
    QToolButton *m_save;
    QStackedWidget *m_pages;
    QWidget *m_parts;
    QToolButton *m_previousPart;
    QLabel *m_partLabel;
    QToolButton *m_nextPart;
    FindBar *m_find;
    QPlainTextEdit *m_text;
    SafeBrowser *m_markdown = nullptr;
    QTreeView *m_json;
    JsonItemModel *m_jsonModel;
    QLabel *m_image = nullptr;
    VectorView *m_vector = nullptr;
    HexView *m_hex = nullptr;
    Value m_value;
    QString m_typeName;
    QString m_name;
    std::shared_ptr<const LongText> m_longText;
    std::shared_ptr<const JsonIndex> m_document;
    int m_part = 0;
    // What was found: in the text, or in the tree.
    std::vector<LongText::Match> m_matches;
    std::vector<JsonPlace> m_places;
    int m_match = -1;
    QString m_chosenPage; // by the user; kept for values that have it
    std::stop_source m_stop;
    std::stop_source m_stopFinding;
    quint64 m_generation = 0;
    quint64 m_search = 0;
};

} // namespace turnstone
